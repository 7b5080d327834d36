import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { count } from '../../../../shared/stream/accumulator.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { type WindowedJob, windowedJob } from '../../../../shared/stream/job.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../../../shared/stream/source.ts';
import { resultKey } from '../../../../shared/stream/state/layout.ts';
import { sliding, tumbling, withLookback } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';

type Visits = { readonly now: number; readonly before: number };

const declaration = {
  name: 'visits',
  generation: 1,
  eventTimeMs: (timeMs: number) => timeMs,
  key: () => 'all',
  accumulators: { visits: count<number>() },
  watermarkDelayMs: 0,
  allowedLatenessMs: 500,
  maxFutureMs: 10_000,
  preliminaryEveryMs: 0,
  type: 'visits',
} as const;

type Counts = ReadonlyMap<string, { readonly visits: number }>;

function compared(now: Counts, _window: unknown, before: Counts): Visits {
  return { now: now.get('all')?.visits ?? 0, before: before.get('all')?.visits ?? 0 };
}

const source = loggedSource<number>('visits');
const compare = windowedJob([source], {
  ...declaration,
  window: withLookback(tumbling(1_000), 1_000),
  result: compared,
});
const alarming = windowedJob([source], {
  ...declaration,
  window: withLookback(tumbling(1_000), 1_000),
  result: compared,
  onClose: ({ now, before }, { startMs }) =>
    now > before
      ? [{ id: `busy|${startMs}`, type: 'alert', entity: 'shop', data: { now, before } }]
      : [],
});

function engine(job: WindowedJob<number>) {
  const store = new MemoryStore();
  const parts = { store, shards: fixedShards('0'), now: () => 0, backOff: async () => {} };
  const committer = new ShardCommitter(job, { stream: 'visits', shard: '0' }, parts);
  const closer = new Closer(job, parts);
  let sequence = 0;
  const commit = (decoded: Decoded<number>) => {
    sequence += 1;
    const record = { sequenceNumber: String(sequence), data: new Uint8Array(), arrivalMs: 0 };
    return committer.commit([record], [decoded]);
  };
  return {
    store,
    visit: (timeMs: number) =>
      commit({ kind: 'event', event: timeMs, id: `${sequence}`, committedAtMs: undefined }),
    closeAt: async (atMs: number) => {
      await commit({ kind: 'tick', atMs });
      const report = await closer.close();
      if (report.failure) throw report.failure;
      committer.forget(report.doneMs);
      return report.emissions;
    },
    preview: async () => (await closer.preview()).emissions,
  };
}

describe('withLookback()', () => {
  it('gives a window what came before it, and tells a fall to nothing', async () => {
    const { visit, closeAt } = engine(compare);
    await visit(100);
    await visit(1_100);
    await visit(1_200);
    expect(await closeAt(2_000)).toMatchObject([
      { id: 'visits|1|0', window: { startMs: 0, endMs: 1_000 }, data: { now: 1, before: 0 } },
      { id: 'visits|1|1000', data: { now: 2, before: 1 } },
    ]);
    expect(await closeAt(5_000)).toMatchObject([
      { id: 'visits|1|2000', revision: 1, data: { now: 0, before: 2 } },
    ]);
  });

  it('revises the windows that look back at a late event as well', async () => {
    const { visit, closeAt } = engine(compare);
    await visit(100);
    await closeAt(2_100);
    await visit(1_900);
    expect(await closeAt(2_100)).toMatchObject([
      { id: 'visits|1|1000', revision: 2, data: { now: 1, before: 1 } },
    ]);
    expect(await closeAt(3_100)).toMatchObject([
      { id: 'visits|1|2000', data: { now: 0, before: 1 } },
    ]);
  });

  it('sets an event aside that comes too late for its own window, though others look back', async () => {
    const { visit, closeAt } = engine(compare);
    await visit(100);
    await closeAt(1_500);
    expect(await visit(900)).toMatchObject({ countedEvents: 0 });
    expect(await closeAt(3_000)).toMatchObject([{ data: { now: 0, before: 1 } }]);
  });

  it('looks back over many panes of windows that overlap', async () => {
    const job = windowedJob([source], {
      ...declaration,
      preliminaryEveryMs: undefined,
      window: withLookback(sliding(2_000, 1_000), 3_000),
      result: compared,
    });
    const { visit, closeAt } = engine(job);
    for (const timeMs of [0, 1_000, 1_001, 2_000, 3_000, 4_000]) await visit(timeMs);
    const told = await closeAt(10_000);
    const figures = told.map(({ window, data }) => [window?.startMs, data]);
    expect(figures).toEqual([
      [-1_000, { now: 1, before: 0 }],
      [0, { now: 3, before: 0 }],
      [1_000, { now: 3, before: 1 }],
      [2_000, { now: 2, before: 3 }],
      [3_000, { now: 2, before: 4 }],
      [4_000, { now: 1, before: 4 }],
      [5_000, { now: 0, before: 3 }],
      [6_000, { now: 0, before: 2 }],
      [7_000, { now: 0, before: 1 }],
    ]);
  });

  it('shows an open window with what came before it', async () => {
    const { visit, closeAt, preview } = engine(compare);
    await visit(100);
    await closeAt(1_000);
    await visit(1_100);
    expect(await preview()).toMatchObject([{ id: 'visits|1|1000', data: { now: 1, before: 1 } }]);
  });

  it.each([0, -1_000, 1_500])('takes no lookback of %i ms for windows every second', (lookback) => {
    expect(() => withLookback(tumbling(1_000), lookback)).toThrow('lookbackMs must be a');
  });
});

describe('onClose()', () => {
  it('speaks when the window has closed, not while it is open, and with each later revision', async () => {
    const { visit, closeAt, preview, store } = engine(alarming);
    await visit(100);
    expect(await preview()).toMatchObject([{ id: 'visits|1|0', revision: 1 }]);
    expect(await closeAt(1_000)).toEqual([
      {
        id: 'busy|0',
        type: 'alert',
        entity: 'shop',
        revision: 1,
        window: { startMs: 0, endMs: 1_000 },
        data: { now: 1, before: 0 },
      },
    ]);
    expect(await closeAt(1_200)).toEqual([]);
    await visit(200);
    expect(await closeAt(1_300)).toMatchObject([
      { id: 'visits|1|0', revision: 2 },
      { id: 'busy|0', revision: 2, data: { now: 2, before: 0 } },
    ]);
    expect(await closeAt(1_500)).toEqual([]);
    expect((await store.get(resultKey(alarming, 0)))?.attributes['final']).toBe(true);
  });

  it('may not say one thing twice', async () => {
    const job = windowedJob([source], {
      ...declaration,
      window: tumbling(1_000),
      result: () => 0,
      onClose: () => [1, 2].map((data) => ({ id: 'same', type: 'alert', entity: 'shop', data })),
    });
    const { visit, closeAt } = engine(job);
    await visit(100);
    await expect(closeAt(1_000)).rejects.toThrow('their ids all different');
  });
});
