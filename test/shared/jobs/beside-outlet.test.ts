import { describe, expect, it } from 'vitest';
import { BesideOutlet } from '../../../shared/jobs/beside-outlet.ts';
import {
  changeGenerations,
  generationsKey,
  madeLive,
  noteRetired,
  readGenerations,
} from '../../../shared/jobs/generations.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { Closer } from '../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import type { Emission, Job } from '../../../shared/stream/job.ts';
import { fixedShards, type ListedShard } from '../../../shared/stream/shard-reader.ts';
import { outboxPartition, wholePartition } from '../../../shared/stream/state/layout.ts';
import { beginInPast, endHistory } from '../../../shared/stream/state/operate.ts';
import type { Item, StateStore } from '../../../shared/stream/state-store.ts';
import { type Death, DyingStore, KilledError } from '../../fixtures/dying-store.ts';
import {
  centsPerSecond,
  centsTogether,
  goodSeconds,
  largeSale,
  type Sale,
  sale,
  tick,
} from './job-rig.ts';

const shard = { stream: 'sales', shard: '0' };
type Records = readonly ReturnType<typeof sale>[];

/** Two generations of a job, the first live, and the outlet of the second. */
async function twoOf(declared: Job<Sale>, shards = fixedShards('0')) {
  const memory = new MemoryStore();
  const inParts = (store: StateStore) => ({
    ...{ store, shards, now: () => 0, backOff: async () => {} },
  });
  await changeGenerations(memory, declared, (current) => ({
    ...current,
    ...{ shadows: [2], highest: 2 },
  }));
  const of = (generation: number) => ({ ...declared, generation });
  return {
    store: memory,
    async take(generation: number, records: Records, from = shard) {
      const committer = new ShardCommitter(of(generation), from, inParts(memory));
      const decoded = declared.sources.flatMap((source) => source.decode(records));
      return committer.commit(records, decoded, { atTip: true });
    },
    close: (generation: number, store: StateStore = memory) =>
      new Closer(of(generation), inParts(store)).close(),
    preview: (generation: number) => new Closer(of(generation), inParts(memory)).preview(),
    swap: (generation: number) =>
      changeGenerations(memory, declared, (current) => madeLive(current, generation)),
    outlet: (store: StateStore = memory, onBeyond?: (words: number) => void) =>
      new BesideOutlet(of(2), declared, inParts(store), onBeyond),
    async kept() {
      const items = await memory.query(outboxPartition(of(2)), wholePartition);
      return items.map(({ sk }) => sk);
    },
  };
}

function words(count: number): readonly Emission[] {
  const word = { entity: 'shop', type: 'alarm', revision: 1, data: null };
  return Array.from({ length: count }, (_, id) => ({ ...word, id: String(id) }));
}

/** A store that something happens to before one of its queries. */
function before(store: StateStore, nth: number, happens: () => Promise<unknown>): StateStore {
  let queries = 0;
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    async query(partition, range): Promise<readonly Item[]> {
      queries += 1;
      if (queries === nth) await happens();
      return store.query(partition, range);
    },
    transact: (writes) => store.transact(writes),
    remove: (keys) => store.remove(keys),
  };
}

describe('BesideOutlet of a rule', () => {
  it('keeps what it says of a record until the live one has taken it', async () => {
    const { take, outlet, kept } = await twoOf(largeSale());
    const [first, second] = [sale('a', 0, 100), sale('b', 0, 100)];
    await take(2, [first, second]);
    await take(1, [first]);
    const one = outlet();
    await one.sweep();
    expect(await kept()).toEqual(['a#1', 'b#1']);
    expect(one.kept).toBe(2);
    await take(1, [second]);
    await one.sweep();
    expect(await kept()).toEqual([]);
    expect(one.kept).toBe(0);
  });

  it('lets go of what the live one has passed while there is more that it has not', async () => {
    const { take, outlet, kept } = await twoOf(largeSale());
    const [first, second] = [sale('a', 0, 100), sale('b', 0, 100)];
    const one = outlet();
    await take(2, [first]);
    await one.sweep();
    await take(2, [second]);
    await take(1, [first]);
    await one.sweep();
    expect(await kept()).toEqual(['b#1']);
  });

  it('keeps nothing of a shard whose children the live one reads, or that is gone', async () => {
    const listing: ListedShard[] = [
      { shard: 'parent', parents: [], closed: true },
      { shard: '0', parents: ['parent'], closed: false },
    ];
    const shards = {
      ...fixedShards(),
      list: async () => listing,
      isReadToEnd: async () => true,
    };
    const { take, outlet, kept } = await twoOf(largeSale(), shards);
    await take(2, [sale('a', 0, 100)], { stream: 'sales', shard: 'parent' });
    await outlet().sweep();
    expect(await kept()).toEqual(['a#1']);
    await take(1, [sale('b', 0, 1)]);
    await outlet().sweep();
    expect(await kept()).toEqual([]);
    await take(2, [sale('c', 0, 100)], { stream: 'sales', shard: 'parent' });
    listing.splice(0, 2);
    await outlet().sweep();
    expect(await kept()).toEqual([]);
  });

  it('keeps everything while it is live, and all of it until that was published', async () => {
    const { take, outlet, kept, swap } = await twoOf(largeSale());
    const first = sale('a', 0, 100);
    await take(2, [first]);
    await take(1, [first]);
    await swap(2);
    await outlet().sweep();
    expect(await kept()).toEqual(['a#1']);
    await swap(1);
    await outlet().sweep();
    expect(await kept()).toEqual(['a#1']);
  });

  it.for([2, 3])(
    'keeps what the other takes when it is no longer live, be they swapped before query %i of a look',
    async (nth) => {
      const job = largeSale();
      const { take, outlet, kept, swap, store } = await twoOf(job);
      const first = sale('a', 0, 100);
      await take(2, [first]);
      const swapped = before(store, nth, async () => {
        await swap(2);
        await take(1, [first]);
      });
      await outlet(swapped).sweep();
      expect(await readGenerations(store, job)).toMatchObject({ live: 2 });
      expect(await kept()).toEqual(['a#1']);
    },
  );

  it('leaves the outbox to who tells its history', async () => {
    const job = largeSale();
    const { take, outlet, kept, store } = await twoOf(job);
    const run = { name: job.name, generation: 2 };
    const history = { sinceMs: undefined, untilMs: 0, told: false };
    await beginInPast(store, run, { fromMs: undefined, status: 'running', history }, 0);
    const first = sale('a', 0, 100);
    await take(2, [first]);
    await take(1, [first]);
    await outlet().sweep();
    expect(await kept()).toEqual(['a#1']);
    await endHistory(store, run);
    await outlet().sweep();
    expect(await kept()).toEqual([]);
  });

  it('does not wait with letting go where much is said at once', async () => {
    const job = largeSale();
    const { take, outlet } = await twoOf(job);
    const first = tick(0);
    await take(2, [first]);
    await take(1, [first]);
    const one = outlet();
    await one.publish(job, words(1_999));
    expect(one.kept).toBe(1_999);
    await one.publish(job, words(1));
    expect(one.kept).toBe(0);
  });

  it('keeps ten thousand words of a live one that stands still, and tells how many it did not', async () => {
    const job = largeSale();
    const beyond: number[] = [];
    const { take, outlet, store } = await twoOf(job);
    await take(2, [tick(0)]);
    const one = outlet(store, (words) => beyond.push(words));
    await one.publish(job, [...words(10_002), ...words(1).map((one) => ({ ...one, revision: 2 }))]);
    await one.sweep();
    expect([one.kept, beyond]).toEqual([10_000, [2]]);
  });
});

describe('BesideOutlet of a windowed job', () => {
  it('keeps what it says of a window until the live one has told and closed it', async () => {
    const { take, close, preview, outlet, kept } = await twoOf(goodSeconds());
    const batch = [sale('a', 100, 5), tick(1_200)];
    await take(2, batch);
    await close(2);
    const word = await kept();
    expect(word).toHaveLength(2);
    await take(1, batch.slice(0, 1));
    await outlet().sweep();
    expect(await kept()).toEqual(word);
    await preview(1);
    await outlet().sweep();
    expect(await kept()).toEqual(word);
    await take(1, batch.slice(1));
    await outlet().sweep();
    expect(await kept()).toEqual(word);
    await close(1);
    await outlet().sweep();
    expect(await kept()).toEqual([]);
  });

  it('keeps a revision until the live one has told what is in it', async () => {
    const { take, close, outlet, kept } = await twoOf(centsPerSecond());
    const [early, late] = [[sale('a', 100, 5), tick(1_200)], [sale('late', 200, 7)]];
    for (const generation of [1, 2]) {
      await take(generation, early);
      await close(generation);
    }
    await outlet().sweep();
    expect(await kept()).toEqual([]);
    await take(2, late);
    await close(2);
    await take(1, late);
    await outlet().sweep();
    expect(await kept()).toHaveLength(1);
    await close(1);
    await outlet().sweep();
    expect(await kept()).toEqual([]);
  });

  it('keeps the last revision only', async () => {
    const { take, preview, outlet, kept } = await twoOf(centsPerSecond());
    for (const id of ['a', 'b', 'c']) {
      await take(2, [sale(id, 100, 5)]);
      await preview(2);
    }
    expect(await kept()).toHaveLength(3);
    await outlet().sweep();
    expect(await kept()).toEqual([expect.stringMatching(/#3$/)]);
  });

  it('lets go of what the live one has passed, whatever is said anew all the time', async () => {
    const { take, preview, outlet, kept } = await twoOf(centsPerSecond());
    const one = outlet();
    const [first, second, anew] = [sale('a', 100, 5), sale('b', 1_100, 5), sale('c', 200, 5)];
    for (const said of [first, second]) {
      await take(2, [said]);
      await preview(2);
      await one.sweep();
    }
    await take(1, [first, second]);
    await preview(1);
    // What is said of the first window now is as far as the live one has not come.
    await take(2, [anew]);
    await preview(2);
    await one.sweep();
    expect(await kept()).toEqual([expect.stringMatching(/\|0#2$/)]);
  });
});

describe('BesideOutlet of a session job', () => {
  it('keeps what it says of a session until the timers of the live one have fired', async () => {
    const { take, close, outlet, kept, store } = await twoOf(centsTogether());
    const batch = [sale('a', 100, 5), tick(60_000)];
    await take(2, batch);
    await close(2);
    const word = await kept();
    expect(word).toHaveLength(1);
    await take(1, batch);
    await outlet().sweep();
    expect(await kept()).toEqual(word);
    // Its closer raises the floor, and dies before it has fired a timer.
    const tells: Death = (_, writes) => writes.some(({ key }) => key.table === 'results');
    await expect(close(1, new DyingStore(store, tells, false))).rejects.toThrow(KilledError);
    await outlet().sweep();
    expect(await kept()).toEqual(word);
    await close(1);
    await outlet().sweep();
    expect(await kept()).toEqual([]);
  });
});

describe('noteRetired()', () => {
  it('leaves one that was live once more to who reads that', async () => {
    const job = largeSale();
    const { swap, store } = await twoOf(job);
    await swap(2);
    const item = await store.get(generationsKey(job.name));
    if (!item) throw new TypeError('Cannot go on: there is no row');
    await swap(1);
    await swap(2);
    await noteRetired(store, job, item);
    expect((await readGenerations(store, job)).retiring).toEqual([1]);
    const now = await store.get(generationsKey(job.name));
    if (now) await noteRetired(store, job, now);
    expect((await readGenerations(store, job)).retiring).toEqual([]);
  });
});
