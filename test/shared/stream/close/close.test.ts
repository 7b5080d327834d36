import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { count } from '../../../../shared/stream/accumulator.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import type { Decoded, Source } from '../../../../shared/stream/source.ts';
import { numberOf, textOf } from '../../../../shared/stream/state/control.ts';
import { resultKey } from '../../../../shared/stream/state/layout.ts';
import type { ItemKey, StateStore } from '../../../../shared/stream/state-store.ts';
import { tumbling } from '../../../../shared/stream/window.ts';

const source: Source<number> = {
  stream: 'visits',
  tickSettleMs: 0,
  decode: (records) => records.map(() => ({ kind: 'ignored' })),
};
const job = windowedJob([source], {
  name: 'visits',
  generation: 1,
  eventTimeMs: (timeMs) => timeMs,
  key: () => 'all',
  window: tumbling(1_000),
  accumulators: { visits: count() },
  watermarkDelayMs: 0,
  allowedLatenessMs: 5_000,
  maxFutureMs: 10_000,
  preliminaryEveryMs: 0,
  type: 'visits',
  result: (totals) => totals.get('all')?.visits ?? 0,
});

function engine(nowMs = 0) {
  const store = new MemoryStore();
  const shards = fixedShards('0');
  let sequence = 0;
  const parts = { store, shards, now: () => nowMs, backOff: async () => {} };
  const committer = new ShardCommitter(job, { stream: 'visits', shard: '0' }, parts);
  const commit = (decoded: Decoded<number>) => {
    sequence += 1;
    const record = { sequenceNumber: String(sequence), data: new Uint8Array(), arrivalMs: 0 };
    return committer.commit([record], [decoded]);
  };
  return {
    store,
    parts,
    visit: (timeMs: number, id: string) =>
      commit({ kind: 'event', event: timeMs, id, committedAtMs: undefined }),
    tick: (atMs: number) => commit({ kind: 'tick', atMs }),
  };
}

/** A store that can be told to stop at its next read of one item until it may go on. */
function stoppableAt(store: StateStore, key: ItemKey) {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const stoppable = {
    stops: false,
    arrived: arrived.promise,
    goOn: released.resolve,
    get: store.get.bind(store),
    getMany: async (keys: readonly ItemKey[]) => {
      if (stoppable.stops && keys.some(({ pk, sk }) => pk === key.pk && sk === key.sk)) {
        arrived.resolve();
        await released.promise;
      }
      return store.getMany(keys);
    },
    query: store.query.bind(store),
    transact: store.transact.bind(store),
    remove: store.remove.bind(store),
  };
  return stoppable;
}

describe('Closer', () => {
  it('tells no revision of what it remembers when another closer has told more', async () => {
    const { store, parts, visit, tick } = engine();
    await visit(100, 'a');
    await tick(1_500);
    const key = resultKey(job, 0);
    const stoppable = stoppableAt(store, key);
    const slow = new Closer(job, { ...parts, store: stoppable });
    await slow.close();
    await visit(150, 'more');
    stoppable.stops = true;
    const preview = slow.preview();
    await stoppable.arrived;
    await visit(200, 'most');
    expect((await new Closer(job, parts).preview()).emissions).toMatchObject([
      { revision: 2, data: 3 },
    ]);
    stoppable.goOn();
    expect((await preview).emissions).toEqual([]);
    const result = await store.get(key);
    expect(result && numberOf(result, 'revision')).toBe(2);
    expect(result && textOf(result, 'data')).toBe('3');
  });

  it('tells nothing again that another has told, without reading what it was', async () => {
    const { store, parts, visit } = engine();
    await visit(100, 'a');
    await new Closer(job, parts).preview();
    let reads = 0;
    const counting = stoppableAt(store, resultKey(job, 0));
    counting.query = (partition, range) => {
      reads += partition.pk.startsWith('P#') ? 1 : 0;
      return store.query(partition, range);
    };
    const late = new Closer(job, { ...parts, store: counting });
    expect(await late.preview()).toMatchObject({ emissions: [] });
    expect(reads).toBe(0);
    await visit(150, 'b');
    expect(await late.preview()).toMatchObject({ emissions: [{ revision: 2, data: 2 }] });
  });

  it('says when a result may leave the table, not while its window may be told anew', async () => {
    const dayMs = 86_400_000;
    for (const [resultsKeptMs, expiresAt] of [
      [undefined, undefined],
      [20 * dayMs, 21 * 86_400],
      [dayMs, 10 * 86_400 + 16],
    ]) {
      const { store, parts, visit, tick } = engine(dayMs);
      const kept = { ...job, ...(resultsKeptMs !== undefined && { resultsKeptMs }) };
      await visit(100, 'a');
      await tick(2_000);
      await new Closer(kept, parts).close();
      const item = await store.get(resultKey(job, 0));
      expect(item?.attributes['closed']).toBe(true);
      expect(item?.attributes['expiresAt']).toBe(expiresAt);
    }
  });

  it('gives every part of a long result the same time to leave', async () => {
    const { store, parts, visit, tick } = engine();
    const long = {
      ...job,
      resultsKeptMs: 20 * 86_400_000,
      result: () => ['x'.repeat(90_000), 'y'.repeat(90_000)],
    };
    await visit(100, 'a');
    await tick(2_000);
    await new Closer(long, parts).close();
    const items = [await store.get(resultKey(job, 0)), await store.get(resultKey(job, 0, 1))];
    expect(items.map((item) => item?.attributes['expiresAt'])).toEqual([1_728_000, 1_728_000]);
  });

  it('writes nothing for time that passes no end, and closes with the tick that does', async () => {
    const { store, parts, visit, tick } = engine();
    let writes = 0;
    const counting = stoppableAt(store, resultKey(job, 0));
    counting.transact = (some) => {
      writes += 1;
      return store.transact(some);
    };
    const closer = new Closer(job, { ...parts, store: counting });
    await tick(100);
    await visit(200, 'a');
    await closer.advance();
    writes = 0;
    await tick(999);
    expect(await closer.advance()).toMatchObject({ emissions: [], watermarkMs: 999 });
    expect(writes).toBe(0);
    await tick(1_000);
    expect(await closer.advance()).toMatchObject({ closedWindows: 1, watermarkMs: 1_000 });
    expect((await store.get(resultKey(job, 0)))?.attributes['final']).toBe(false);
    await tick(6_000);
    await closer.advance();
    expect((await store.get(resultKey(job, 0)))?.attributes['final']).toBe(true);
  });
});
