import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import { numberOf, textOf } from '../../shared/stream/control.ts';
import { type Run, resultKey, resultPartition } from '../../shared/stream/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { startOf } from '../../shared/stream/window.ts';

const shownMax = 60;

/** Shows the latest revenue windows on the live page, up to the one after now. */
export async function showRevenue(
  job: Run,
  windowMs: number,
  store: StateStore,
  nowMs: number,
): Promise<void> {
  const last = startOf(nowMs, windowMs) + windowMs;
  const items = await store.query(resultPartition(job), {
    from: resultKey(job, last - (shownMax - 1) * windowMs).sk,
    to: resultKey(job, last).sk,
  });
  const windows = items.toReversed().map((item) => ({
    startMs: numberOf(item, 'startMs'),
    endMs: numberOf(item, 'endMs'),
    revision: numberOf(item, 'revision'),
    closed: item.attributes['closed'] === true,
    final: item.attributes['final'] === true,
    ...JSON.parse(textOf(item, 'data')),
  }));
  await writeLiveSection(store, 'revenue', { windowMs, windows }, nowMs);
}
