import { describe, expect, it } from 'vitest';
import { changeGenerations } from '../../../shared/jobs/generations.ts';
import { keyedStates } from '../../../shared/jobs/keyed-states.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import { multiKeyedJob } from '../../../shared/stream/job.ts';
import { fixedShards } from '../../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../../shared/stream/source.ts';
import type { ItemKey } from '../../../shared/stream/state-store.ts';

const stateTtlMs = 1_000;

interface Visit {
  readonly keys: readonly string[];
  readonly atMs: number;
}

function visits(generation: number) {
  const source = {
    stream: 'visits',
    tickSettleMs: 0,
    decode: (): readonly Decoded<Visit>[] => [],
  };
  return multiKeyedJob([source], {
    name: 'visits',
    generation,
    eventTimeMs: ({ atMs }) => atMs,
    keys: ({ keys }) => keys,
    stateTtlMs,
    watermarkDelayMs: 0,
    allowedLatenessMs: 0,
    maxFutureMs: 1_000_000,
    evaluate: ({ keys }, states: ReadonlyMap<string, number>) => ({
      states: new Map(keys.map((key) => [key, (states.get(key) ?? 0) + 1])),
      emissions: [],
    }),
  });
}

async function take(store: MemoryStore, generation: number, ...events: Visit[]): Promise<void> {
  const parts = { store, shards: fixedShards('0'), now: () => 0, backOff: async () => {} };
  const shard = { stream: 'visits', shard: '0' };
  const committer = new ShardCommitter(visits(generation), shard, parts);
  const data = new Uint8Array();
  await committer.commit(
    events.map((_, index) => ({ sequenceNumber: String(index + 1), data, arrivalMs: 0 })),
    events.map((event, id) => ({ kind: 'event', event, id: String(id), committedAtMs: undefined })),
  );
}

function reader(store: Pick<MemoryStore, 'getMany'>, now = () => 0) {
  const options = { store, job: 'visits', generation: 1, stateTtlMs, timeoutMs: 50, now };
  return keyedStates<number>(options);
}

describe('keyedStates()', () => {
  it('reads what a job remembers of several keys, in one request', async () => {
    const store = new MemoryStore();
    await take(store, 1, { keys: ['a', 'b'], atMs: 0 }, { keys: ['b'], atMs: 0 });
    const requests: (readonly ItemKey[])[] = [];
    const getMany = (keys: readonly ItemKey[]) => {
      requests.push(keys);
      return store.getMany(keys);
    };
    const states = await reader({ getMany }).read(['a', 'b', 'c']);
    expect([...states]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(requests.length).toBe(1);
  });

  it('knows nothing of a key that was not written for the time to live', async () => {
    const store = new MemoryStore();
    await take(store, 1, { keys: ['a'], atMs: 0 }, { keys: ['b'], atMs: 500 });
    const states = await reader(store, () => 1_200).read(['a', 'b']);
    expect([...states]).toEqual([['b', 1]]);
  });

  it('follows a swap of generations within half a minute', async () => {
    const store = new MemoryStore();
    await take(store, 1, { keys: ['a'], atMs: 130_000 });
    await take(store, 2, { keys: ['a'], atMs: 130_000 }, { keys: ['a'], atMs: 130_000 });
    let nowMs = 100_000;
    const states = reader(store, () => nowMs);
    expect([...(await states.read(['a']))]).toEqual([['a', 1]]);
    await changeGenerations(store, { name: 'visits', generation: 1 }, (generations) => ({
      ...generations,
      live: 2,
      highest: 2,
    }));
    nowMs += 30_000;
    expect([...(await states.read(['a']))]).toEqual([['a', 2]]);
  });

  it('gives up on a store that takes too long', async () => {
    const getMany = () => new Promise<never>(() => {});
    await expect(reader({ getMany }).read(['a'])).rejects.toThrow(
      'Cannot read the state of job visits: it took too long: received 1 keys, 50 ms',
    );
  });
});
