import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { multiKeyedJob } from '../../../../shared/stream/job.ts';
import type { EngineParts } from '../../../../shared/stream/parts.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import {
  quarantinePartition,
  rowKey,
  wholePartition,
} from '../../../../shared/stream/state/layout.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly cents: number;
}

/** Money is moved where there is enough of it, and only looked at where there is not. */
const job = multiKeyedJob([loggedSource<Transfer>('transfers')], {
  name: 'transfers',
  generation: 1,
  eventTimeMs: () => 0,
  keys: ({ from, to }) => [from, to],
  stateTtlMs: 1_000,
  watermarkDelayMs: 0,
  allowedLatenessMs: 0,
  maxFutureMs: 1_000,
  evaluate: ({ from, to, cents }, states: ReadonlyMap<string, number>) => {
    const left = (states.get(from) ?? 100) - cents;
    if (cents < 0) throw new RangeError(`nothing can be moved back: received ${left} left`);
    return {
      states:
        left < 0
          ? new Map()
          : new Map([
              [from, left],
              [to, (states.get(to) ?? 100) + cents],
            ]),
      emissions: [],
    };
  },
});

function twoShards() {
  const store = new MemoryStore();
  const parts: EngineParts = {
    store,
    shards: fixedShards('0', '1'),
    now: () => 0,
    backOff: async () => {},
  };
  let sequence = 0;
  const committers = ['0', '1'].map(
    (shard) => new ShardCommitter(job, { stream: 'transfers', shard }, parts),
  );
  const move = (shard: number, ...transfers: Transfer[]) =>
    committers[shard]?.commit(
      transfers.map(() => {
        sequence += 1;
        return { sequenceNumber: String(sequence), data: new Uint8Array(), arrivalMs: 0 };
      }),
      transfers.map((event, index) => {
        const id = `${sequence} ${index}`;
        return { kind: 'event', event, id, committedAtMs: undefined };
      }),
    );
  const read = async (key: string) => {
    const item = await store.get(rowKey(job, key));
    if (!item) return undefined;
    const { version, state } = item.attributes;
    return { version, ...JSON.parse(String(state)) };
  };
  const quarantined = async () => {
    const items = await store.query(quarantinePartition(job), wholePartition);
    return items.flatMap(({ attributes }) => JSON.parse(String(attributes['records'])));
  };
  return { move, read, quarantined };
}

describe('KeyedEffects', () => {
  it('writes all keys of an event in one transaction, each with a version of its own', async () => {
    const { move, read } = twoShards();
    await move(0, { from: 'ann', to: 'bob', cents: 30 });
    await move(0, { from: 'bob', to: 'cid', cents: 50 });
    expect(await read('ann')).toEqual({ version: 1, atMs: 0, state: 70 });
    expect(await read('bob')).toEqual({ version: 2, atMs: 0, state: 80 });
    expect(await read('cid')).toEqual({ version: 1, atMs: 0, state: 150 });
  });

  it('decides again what was decided by a row that another shard has changed', async () => {
    const { move, read } = twoShards();
    await move(0, { from: 'ann', to: 'bob', cents: 0 });
    await move(1, { from: 'bob', to: 'cid', cents: 100 });
    // In the memory of shard 0 there is enough left.
    await move(0, { from: 'bob', to: 'ann', cents: 60 });
    expect(await read('ann')).toMatchObject({ state: 100 });
    expect(await read('bob')).toMatchObject({ state: 0, version: 2 });
    await move(1, { from: 'ann', to: 'bob', cents: 100 });
    // And here there is too little.
    await move(0, { from: 'bob', to: 'cid', cents: 100 });
    expect(await read('cid')).toMatchObject({ state: 300 });
  });

  it('sets an event aside by the rows as they are stored', async () => {
    const { move, quarantined } = twoShards();
    await move(0, { from: 'ann', to: 'bob', cents: 10 });
    await move(1, { from: 'ann', to: 'bob', cents: 20 });
    const report = await move(0, { from: 'ann', to: 'bob', cents: -1 });
    expect(report).toMatchObject({ countedEvents: 0, quarantinedRecords: 1 });
    expect(await quarantined()).toMatchObject([{ reason: expect.stringContaining('71 left') }]);
  });
});
