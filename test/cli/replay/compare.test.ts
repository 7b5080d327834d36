import { describe, expect, it } from 'vitest';
import { compareGenerations, comparisonText } from '../../../cli/replay/compare.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { resultKey } from '../../../shared/stream/state/layout.ts';

const live = { name: 'revenue', generation: 1 };
const other = { name: 'revenue', generation: 2 };
const all = { live, other, fromMs: Number.NEGATIVE_INFINITY, toMs: undefined, isHistory: false };

function storeOf() {
  const store = new MemoryStore();
  return {
    store,
    async tell(run: typeof live, startMs: number, data: unknown, final = true) {
      const put = { startMs, endMs: startMs + 100, final, chunks: 1, data: JSON.stringify(data) };
      await store.transact([{ key: resultKey(run, startMs), put }]);
    },
  };
}

describe('compareGenerations()', () => {
  it('sorts windows that are final in both by what they say', async () => {
    const { store, tell } = storeOf();
    await tell(live, 0, { orders: 9 });
    for (const startMs of [100, 200, 300, 500]) await tell(live, startMs, { orders: startMs });
    await tell(other, 100, { orders: 100 });
    await tell(other, 200, { orders: 201 });
    await tell(other, 400, { orders: 400 });
    await tell(other, 500, { orders: 500 }, false);
    const comparison = await compareGenerations(store, { ...all, fromMs: 100 });
    const at = (startMs: number) => new Date(startMs).toISOString();
    expect(comparison).toEqual({
      equal: 1,
      different: [{ window: at(200), live: { orders: 200 }, other: { orders: 201 } }],
      missing: [{ window: at(300), live: { orders: 300 }, other: undefined }],
      extra: [{ window: at(400), live: undefined, other: { orders: 400 } }],
      open: 1,
      learnt: 0,
    });
    const text = comparisonText(comparison);
    expect(text).toContain('1 windows equal, 1 different, 1 missing, 1 more than the live one has');
    expect(text).toContain('{"orders":201}');
  });

  it('leaves out windows that are not whole in the history', async () => {
    const { store, tell } = storeOf();
    for (const startMs of [100, 200, 300]) {
      await tell(live, startMs, { orders: 2 });
      await tell(other, startMs, { orders: startMs === 200 ? 2 : 1 });
    }
    const history = { ...all, isHistory: true, fromMs: 150 };
    expect(await compareGenerations(store, history)).toMatchObject({ equal: 1, different: [] });
    const until = { ...all, fromMs: 150, toMs: 350 };
    expect(await compareGenerations(store, until)).toMatchObject({ equal: 1, different: [] });
  });

  it('leaves out windows that look back to before the beginning', async () => {
    const { store, tell } = storeOf();
    for (const startMs of [100, 200, 300]) {
      await tell(live, startMs, { before: 1 });
      await tell(other, startMs, { before: startMs === 200 ? 0 : 1 });
    }
    const begun = { ...all, fromMs: 150, reachMs: 100 };
    expect(await compareGenerations(store, begun)).toMatchObject({ equal: 1, different: [] });
  });

  it('leaves out what the stream had lost when it began at its horizon, and nothing else', async () => {
    const { store, tell } = storeOf();
    for (const startMs of [100, 200, 300]) await tell(live, startMs, { orders: 2 });
    for (const startMs of [200, 300])
      await tell(other, startMs, { orders: startMs === 200 ? 1 : 2 });
    expect(await compareGenerations(store, all)).toMatchObject({ equal: 1, different: [] });
    await tell(other, 100, { orders: 3 });
    expect(await compareGenerations(store, all)).toMatchObject({ equal: 1, different: [{}, {}] });
  });

  it('takes sessions for final that ended before the time of both', async () => {
    const { store, tell } = storeOf();
    for (const startMs of [100, 200, 300]) {
      await tell(live, startMs, { events: startMs }, false);
      await tell(other, startMs, { events: startMs === 200 ? 9 : startMs }, false);
    }
    const compared = await compareGenerations(store, { ...all, settledMs: 300 });
    expect(compared).toMatchObject({ equal: 1, different: [{}], open: 1 });
  });

  it('expects no window of the live one that only a history fills', async () => {
    const { store, tell } = storeOf();
    await tell(other, 0, { orders: 7 });
    for (const startMs of [200, 300, 400]) {
      await tell(live, startMs, { orders: 1 });
      await tell(other, startMs, { orders: startMs === 200 ? 1 : 2 });
    }
    const learnt = await compareGenerations(store, { ...all, backfillMs: [10, 300, 399] });
    expect(learnt).toMatchObject({ equal: 1, learnt: 2, missing: [], extra: [] });
    expect(learnt.different).toMatchObject([{ live: { orders: 1 }, other: { orders: 2 } }]);
    expect(comparisonText(learnt)).toContain('2 that only the history fills');
  });

  it('puts the parts of a long result together', async () => {
    const { store, tell } = storeOf();
    await tell(live, 100, [1, 2, 3]);
    for (const [chunk, data] of [[1, 2], [3]].entries()) {
      const common = { startMs: 100, endMs: 200, data: JSON.stringify(data) };
      const put = chunk === 0 ? { ...common, final: true, chunks: 2 } : common;
      await store.transact([{ key: resultKey(other, 100, chunk), put }]);
    }
    expect(await compareGenerations(store, all)).toMatchObject({ equal: 1, extra: [] });
  });
});
