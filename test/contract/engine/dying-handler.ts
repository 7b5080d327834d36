import { setTimeout as pause } from 'node:timers/promises';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** When a process is killed, as if from outside: around which of its calls, and where. */
export interface Death {
  readonly call: number;
  readonly moment: 'before' | 'during' | 'after';
}

/** The way to a service from a process that is killed at one of its calls. */
export class DyingHandler extends NodeHttpHandler {
  readonly #death: Death | undefined;
  #calls = 0;

  constructor(death: Death | undefined) {
    super();
    this.#death = death;
  }

  override async handle(
    ...call: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    this.#calls += 1;
    if (this.#calls !== this.#death?.call) return super.handle(...call);
    if (this.#death.moment === 'during') {
      super.handle(...call).catch(() => {});
      await pause(this.#calls % 4);
    } else if (this.#death.moment === 'after') {
      await super.handle(...call);
    }
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  }
}
