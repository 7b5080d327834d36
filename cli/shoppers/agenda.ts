import { setTimeout as sleep } from 'node:timers/promises';
import type { ShopClock } from './shop-clock.ts';
import { TimeQueue } from './time-queue.ts';

export interface AgendaOptions {
  readonly clock: ShopClock;
  /** So many things are begun in a second at most. */
  readonly ratePerSecond: number;
  /** So many things are under way at once at most. */
  readonly concurrency: number;
  /** Begins nothing more; what has begun is finished. */
  readonly signal: AbortSignal;
}

const WAIT_MS_MAX = 1_000;

/** Things to be done at their times, in order, as far as rate and concurrency allow. */
export class Agenda {
  readonly #options: AgendaOptions;
  readonly #queue = new TimeQueue<() => Promise<void>>();
  readonly #underWay = new Set<Promise<void>>();
  #changed = Promise.withResolvers<void>();

  constructor(options: AgendaOptions) {
    this.#options = options;
  }

  /** What lies behind the end of the clock's span is left out. */
  add(atMs: number, work: () => Promise<void>): void {
    if (atMs > this.#options.clock.toMs) return;
    this.#queue.add(atMs, work);
    this.#change();
  }

  /**
   * Resolves when everything is done, also what was added on the way.
   *
   * @throws what one of the works throws, after the others under way have ended.
   */
  async run(): Promise<void> {
    const { clock, ratePerSecond, concurrency, signal } = this.#options;
    const failures: unknown[] = [];
    let dueMs = performance.now();
    while (!signal.aborted && failures.length === 0) {
      const changed = this.#changed.promise;
      const { nextMs } = this.#queue;
      if (nextMs === undefined && this.#underWay.size === 0) break;
      if (nextMs === undefined || this.#underWay.size >= concurrency) {
        await changed;
        continue;
      }
      const waitMs = Math.max(clock.waitMs(nextMs, Date.now()), dueMs - performance.now());
      if (waitMs > 0) {
        await Promise.race([changed, pause(Math.min(waitMs, WAIT_MS_MAX), signal)]);
        continue;
      }
      dueMs = Math.max(dueMs, performance.now() - WAIT_MS_MAX) + 1_000 / ratePerSecond;
      this.#begin(this.#queue.take(), failures);
    }
    await Promise.all(this.#underWay);
    if (failures.length > 0) throw failures[0];
  }

  #begin(work: (() => Promise<void>) | undefined, failures: unknown[]): void {
    if (work === undefined) return;
    const working = work()
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        this.#underWay.delete(working);
        this.#change();
      });
    this.#underWay.add(working);
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
