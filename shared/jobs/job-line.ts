import type { Job } from '../stream/job.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';
import type { Run } from '../stream/state/layout.ts';
import {
  changeGenerations,
  type Generations,
  generationsKey,
  readGenerations,
  toGenerations,
} from './generations.ts';
import { JobRunner, type JobSurroundings } from './job-runner.ts';
import { ShadowOutlet } from './outlet.ts';

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
    if (generations.live === told) return generations;
    return changeGenerations(store, this.#declared, (current) => current);
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
    const { store, now } = this.#around;
    const isShadow = async (): Promise<boolean> =>
      (await readGenerations(store, this.#declared)).live !== generation;
    const shadow = new ShadowOutlet(store, now, isShadow);
    return new JobRunner({ ...this.#declared, generation }, this.#around, { shadow });
  }
}

/** Waits for all, then fails as the first that failed. */
async function settle(running: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(running);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
