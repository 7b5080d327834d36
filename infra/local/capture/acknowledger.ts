import type { CommitPoint } from './sender.ts';

export interface AcknowledgerOptions {
  /** Resolves when everything the stream has acknowledged would survive a power cut. */
  readonly flushed: () => Promise<void>;
  readonly save: (point: CommitPoint) => Promise<void>;
  readonly acknowledge: (position: bigint) => void;
  readonly failed: (error: unknown) => void;
  /** Aborted at the end of the session: the next one may be writing the state by then. */
  readonly signal: AbortSignal;
}

export interface Acknowledger {
  delivered(point: CommitPoint): void;
  idle(): Promise<void>;
  readonly isIdle: boolean;
}

/**
 * Lets PostgreSQL forget what is durable in the stream: put, then flushed, then noted, then
 * acknowledged. While one round runs, later commits pile up for the next, so that a flush serves many.
 *
 * The position is one behind the beginning of the commit record. PostgreSQL sends again what
 * committed at or after the position; the end of this record may be the beginning of the next
 * transaction's, and a position past it would lose that one.
 */
export function createAcknowledger(options: AcknowledgerOptions): Acknowledger {
  let latest: CommitPoint | undefined;
  let running = false;
  let round: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (latest !== undefined) {
      const point = latest;
      latest = undefined;
      await options.flushed();
      options.signal.throwIfAborted();
      await options.save(point);
      options.acknowledge(point.lsn + 1n);
    }
    running = false; // in the same step as the last look at what is delivered
  }

  return {
    delivered(point) {
      latest = point;
      if (running) return;
      running = true;
      round = run().catch(options.failed); // it stays `running`: nothing is acknowledged any more
    },
    idle: () => round,
    get isIdle() {
      return !running;
    },
  };
}
