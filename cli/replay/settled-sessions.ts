import {
  type Run,
  timerPartition,
  timerPartitions,
  timersThrough,
} from '../../shared/stream/state/layout.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

/**
 * The sessions of a run that ended by then have been told. Time goes on first and tells them after:
 * right after a leap some of them wait for their timers.
 */
export async function settledSessionsMs(store: StateStore, run: Run): Promise<number> {
  const floorMs = (await readJobRow(store, run))?.floorMs ?? Number.NEGATIVE_INFINITY;
  if (!Number.isFinite(floorMs)) return floorMs;
  const waiting = await Promise.all(
    Array.from({ length: timerPartitions }, (_, index) =>
      store.query(timerPartition(run, index), { ...timersThrough(floorMs), max: 1 }),
    ),
  );
  const dueMs = waiting.flat().map(({ sk }) => Number(sk.slice(0, sk.indexOf('#'))) - 1);
  return Math.min(floorMs, ...dueMs);
}
