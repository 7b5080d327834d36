import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenRanges, hashKeyOf, hashSpaceSize } from '../../../../infra/local/kinesis/hash-key.ts';
import {
  firstShards,
  type Moment,
  merge,
  rescale,
  split,
} from '../../../../infra/local/kinesis/reshard.ts';
import {
  hashRangeOf,
  openShards,
  type ShardState,
  type StreamState,
  startingSequenceNumber,
} from '../../../../infra/local/kinesis/stream-state.ts';

function stamps(): () => Moment {
  let stampMs = 1_700_000_000_000;
  return () => {
    stampMs += 1;
    return { nowMs: stampMs, stampMs };
  };
}

function newStream(shardCount: number, draw: () => Moment): StreamState {
  return {
    name: 'stream',
    folder: 'stream',
    mode: 'PROVISIONED',
    retentionHours: 24,
    createdAtMs: 0,
    nextShardIndex: shardCount,
    shards: firstShards(shardCount, draw()),
    consumers: [],
  };
}

function openInOrder(state: StreamState): ShardState[] {
  return openShards(state).sort((a, b) => (hashRangeOf(a).start < hashRangeOf(b).start ? -1 : 1));
}

function expectWhole(state: StreamState): void {
  let next = 0n;
  for (const shard of openInOrder(state)) {
    expect(hashRangeOf(shard).start).toBe(next);
    next = hashRangeOf(shard).end + 1n;
  }
  expect(next).toBe(hashSpaceSize);
  expect(new Set(state.shards.map(({ index }) => index)).size).toBe(state.shards.length);
}

function expectChildrenAboveParents(state: StreamState): void {
  for (const child of state.shards) {
    for (const parentIndex of child.parents) {
      const parent = state.shards.find(({ index }) => index === parentIndex);
      const ending = parent?.closed?.endingSequenceNumber ?? '';
      expect(ending > (parent ? startingSequenceNumber(parent) : '')).toBe(true);
      expect(startingSequenceNumber(child) > ending).toBe(true);
    }
  }
}

describe('shards', () => {
  it('cover the hash space once, whatever is split, merged and rescaled', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('split' as const),
        pick: fc.nat(),
        at: fc.bigInt({ min: 0n, max: hashSpaceSize }),
      }),
      fc.record({ kind: fc.constant('merge' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('rescale' as const), count: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { maxLength: 8 }),
        (count, steps) => {
          const draw = stamps();
          let state = newStream(count, draw);
          for (const change of steps) {
            const open = openInOrder(state);
            const chosen = 'pick' in change ? change.pick % open.length : 0;
            const [first, second] = open.slice(chosen, chosen + 2);
            if (change.kind === 'split' && first !== undefined) {
              const { start, end } = hashRangeOf(first);
              if (end - start > 2n) {
                state = split(state, first, start + 1n + (change.at % (end - start)), draw());
              }
            }
            if (change.kind === 'merge' && first !== undefined && second !== undefined) {
              state = merge(state, first, second, draw());
            }
            if (change.kind === 'rescale') {
              state = rescale(state, change.count, draw);
              expect(openInOrder(state).map(hashRangeOf)).toEqual(evenRanges(change.count));
            }
            expectWhole(state);
            expectChildrenAboveParents(state);
          }
        },
      ),
    );
  });

  it('stay as they are when rescaled to what they are', () => {
    const draw = stamps();
    const state = newStream(3, draw);
    expect(rescale(state, 3, draw)).toEqual(state);
  });

  it('double by one split each', () => {
    const draw = stamps();
    const state = rescale(newStream(2, draw), 4, draw);
    expect(state.shards.map(({ parents }) => parents)).toEqual([[], [], [0], [0], [1], [1]]);
  });
});

describe('hashKeyOf()', () => {
  it('is the MD5 of the key in UTF-8', () => {
    expect(hashKeyOf('customer-1').toString(16)).toBe('9b11f2b6c86410c929233afa11655811');
    expect(hashKeyOf('schlüssel').toString(16)).toBe('2686b00b6f0a6edb9ac2478c78ce72ca');
  });
});
