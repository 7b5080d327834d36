import { setTimeout as delay } from 'node:timers/promises';
import { occurredAt } from '../../shared/events/insight-types.ts';
import type { Emission } from '../../shared/stream/job.ts';

const dayMs = 24 * 3_600_000;

/** What the stream `insights` and the lake behind it are given in a second, at most. */
export interface PaceBounds {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Folders of the lake that are written anew: days of a type. */
  readonly foldersPerSecond: number;
}

/**
 * Half of what one shard takes, the live jobs need the rest
 * (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html), and of the 500
 * partitions that Firehose holds open for a minute three fifths
 * (https://docs.aws.amazon.com/firehose/latest/dev/limits.html).
 */
export const paceOnAws: PaceBounds = {
  recordsPerSecond: 500,
  bytesPerSecond: 500_000,
  foldersPerSecond: 5,
};

/** On a laptop as much as leaves the shop some room. */
export const paceLocally: PaceBounds = {
  recordsPerSecond: 2_000,
  bytesPerSecond: 4_000_000,
  foldersPerSecond: 200,
};

/** Whoever tells results of the past waits here for its turn; all of a command share one. */
export class TellingPace {
  readonly #bounds: PaceBounds;
  readonly #now: () => number;
  readonly #sleep: (milliseconds: number) => Promise<unknown>;
  readonly #folders = new Set<string>();
  #freeMs = 0;

  constructor(
    bounds: PaceBounds,
    now: () => number,
    sleep: (milliseconds: number) => Promise<unknown> = delay,
  ) {
    this.#bounds = bounds;
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Resolves when these may be put. */
  async turn(emissions: readonly Emission[], bytes: number): Promise<void> {
    const { recordsPerSecond, bytesPerSecond, foldersPerSecond } = this.#bounds;
    const before = this.#folders.size;
    for (const emission of emissions) {
      const day = Math.floor((occurredAt(emission) ?? 0) / dayMs);
      this.#folders.add(`${emission.type} ${day}`);
    }
    const seconds = Math.max(
      emissions.length / recordsPerSecond,
      bytes / bytesPerSecond,
      (this.#folders.size - before) / foldersPerSecond,
    );
    const beginMs = Math.max(this.#now(), this.#freeMs);
    this.#freeMs = beginMs + 1_000 * seconds;
    const waitMs = beginMs - this.#now();
    if (waitMs > 0) await this.#sleep(waitMs);
  }
}
