import { CodecError } from '../stream/errors.ts';
import type { Job } from '../stream/job.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';
import type { Run } from '../stream/state/layout.ts';
import type { Item } from '../stream/state-store.ts';
import { BesideOutlet } from './beside-outlet.ts';
import {
  changeGenerations,
  type Generations,
  generationsKey,
  noteRetired,
  toGenerations,
} from './generations.ts';
import { JobRunner, type JobSurroundings } from './job-runner.ts';

const generationsEveryMs = 1_000;

/**
 * A declared job in its generations: the live one, which the outside sees, and those that run
 * beside it on the same batches. Which is which is looked up every second, so that a swap needs no
 * deployment.
 */
export class JobLine<Event> {
  readonly #declared: Job<Event>;
  readonly #around: JobSurroundings;
  readonly #show: (run: Run) => Promise<void>;
  #generations: Generations | undefined;
  #lookedUpAtMs = 0;
  #live: JobRunner<Event> | undefined;
  readonly #shadows = new Map<number, JobRunner<Event>>();

  /** @param show called after results of the live generation have changed. */
  constructor(
    declared: Job<Event>,
    around: JobSurroundings,
    show: (run: Run) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#declared = declared;
    this.#around = around;
    this.#show = show;
  }

  /** Takes a batch in every generation; fails when the live one has to see it again. */
  async take(from: ShardId, records: readonly StreamRecord[]): Promise<void> {
    if (!this.#declared.sources.some(({ stream }) => stream === from.stream)) return;
    const runners = await this.#runners(generationsEveryMs);
    await settle(runners.map((runner) => runner.take(from, records)));
  }

  /** Finishes what crashed invocations left, in every generation. */
  async sweep(): Promise<void> {
    const runners = await this.#runners(0);
    await settle(runners.map((runner) => runner.sweep()));
  }

  async #runners(oldestMs: number): Promise<readonly JobRunner<Event>[]> {
    const now = this.#around.now();
    if (this.#generations === undefined || Math.abs(now - this.#lookedUpAtMs) >= oldestMs) {
      const generations = await this.#lookUp();
      this.#lookedUpAtMs = now;
      await this.#arrange(generations);
      this.#generations = generations;
    }
    return [...(this.#live ? [this.#live] : []), ...this.#shadows.values()];
  }

  /** Readers of results go by the row: a raised declaration is written into it. */
  async #lookUp(): Promise<Generations> {
    const { store } = this.#around;
    const item = await store.get(generationsKey(this.#declared.name));
    const generations = toGenerations(item, this.#declared);
    const told = Number(item?.attributes['generation'] ?? 1);
    if (generations.live !== told) {
      return changeGenerations(store, this.#declared, (current) => current);
    }
    if (item) await this.#retire(item, generations);
    return generations;
  }

  /**
   * Publishes what a generation left behind that was live: those beside it have let go of words that
   * it had. In its own time it was the only one to say them. What another version of the engine
   * wrote stays where it is.
   */
  async #retire(item: Item, { retiring }: Generations): Promise<void> {
    if (retiring.length === 0) return;
    const { name } = this.#declared;
    for (const generation of retiring) {
      try {
        await this.#around.publisher.sweep({ name, generation });
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        this.#around.telemetry.logger.error('Cannot publish what a generation left', {
          ...{ job: name, generation, error },
        });
      }
    }
    await noteRetired(this.#around.store, this.#declared, item);
  }

  async #arrange({ live, shadows }: Generations): Promise<void> {
    for (const generation of this.#shadows.keys()) {
      if (!shadows.includes(generation)) this.#shadows.delete(generation);
    }
    for (const generation of shadows) {
      if (!this.#shadows.has(generation)) this.#shadows.set(generation, this.#shadow(generation));
    }
    if (this.#live?.job.generation === live) return;
    const job = { ...this.#declared, generation: live };
    const before = this.#live;
    this.#live = new JobRunner(job, this.#around, { onResults: () => this.#show(job) });
    if (!before) return;
    // What the new one has said since it became live may still lie in its outbox.
    await this.#around.publisher.sweep(job);
    await this.#show(job);
  }

  #shadow(generation: number): JobRunner<Event> {
    const { telemetry } = this.#around;
    const job = { ...this.#declared, generation };
    const shadow = new BesideOutlet(job, this.#declared, this.#around, (words) =>
      telemetry.logger.warn('A generation says more than is kept while the live one stands still', {
        ...{ job: job.name, generation, words },
      }),
    );
    return new JobRunner(job, this.#around, { shadow });
  }
}

/** Waits for all, then fails as the first that failed. */
async function settle(running: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(running);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
