import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { Action } from './actions.ts';
import { RequestFailed } from './shop-client.ts';
import { Shopper, type Surroundings } from './shopper.ts';

const PAUSE_AFTER_ERROR_MS = 250;

/** Shoppers of one run; each does one thing at a time. */
export class Crowd {
  readonly #around: Surroundings;
  readonly #runId: string;
  readonly #seed: number;
  readonly #free: Shopper[] = [];
  readonly #busy = new Set<Promise<void>>();
  #tried = 0;
  #size = 0;

  /** @param runId part of every shopper's name, unlike that of any other run. */
  constructor(around: Surroundings, runId: string, seed: number) {
    this.#around = around;
    this.#runId = runId;
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** One more shopper signs up; where that fails it is counted, and the crowd stays as it is. */
  async join(): Promise<void> {
    const number = ++this.#tried;
    const random = createRandom(this.#seed + number);
    await this.#counted(async () => {
      this.#free.push(await Shopper.signUp(this.#around, `s${this.#runId}-${number}`, random));
      this.#size++;
    });
  }

  /** Sends a free shopper off to do something; false when all are busy. */
  send(action: Action, random: Random): boolean {
    if (this.#free.length === 0) return false;
    const [shopper] = this.#free.splice(random.integer(0, this.#free.length - 1), 1);
    if (shopper === undefined) return false;
    const { counts } = this.#around;
    counts.drawn(action);
    const acting = this.#counted(async () => counts.done(await shopper.act(action, random))).then(
      () => {
        this.#busy.delete(acting);
        this.#free.push(shopper);
      },
    );
    this.#busy.add(acting);
    return true;
  }

  /** Resolves when one of the busy is free; at once when nobody is busy. */
  async oneIsFree(): Promise<void> {
    if (this.#busy.size > 0) await Promise.race(this.#busy);
  }

  /** Resolves when everybody has finished what was begun. */
  async allAreFree(): Promise<void> {
    await Promise.all(this.#busy);
  }

  /** A failed request costs the shopper an action and a moment, never the run. */
  async #counted(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#around.counts.error(error instanceof RequestFailed ? error.kind : 'unreadable');
      await sleep(PAUSE_AFTER_ERROR_MS);
    }
  }
}
