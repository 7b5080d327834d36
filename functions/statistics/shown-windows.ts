import { numberOf, textOf } from '../../shared/stream/state/control.ts';
import { type Run, resultKey, resultPartition } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

/** The results of windows that start from `firstMs` to `lastMs`, as the live page shows them. */
export async function shownWindows(
  job: Run,
  store: StateStore,
  firstMs: number,
  lastMs: number,
): Promise<readonly object[]> {
  const items = await store.query(resultPartition(job), {
    from: resultKey(job, firstMs).sk,
    to: resultKey(job, lastMs).sk,
  });
  return items.toReversed().map((item) => ({
    startMs: numberOf(item, 'startMs'),
    endMs: numberOf(item, 'endMs'),
    revision: numberOf(item, 'revision'),
    closed: item.attributes['closed'] === true,
    final: item.attributes['final'] === true,
    ...JSON.parse(textOf(item, 'data')),
  }));
}
