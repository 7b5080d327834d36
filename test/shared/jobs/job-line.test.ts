import { SplitShardCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { BesideOutlet } from '../../../shared/jobs/beside-outlet.ts';
import { changeGenerations, madeLive, readGenerations } from '../../../shared/jobs/generations.ts';
import { JobLine } from '../../../shared/jobs/job-line.ts';
import type { StreamRecord } from '../../../shared/stream/record.ts';
import { codecVersion } from '../../../shared/stream/state/control.ts';
import { outboxPartition, type Run } from '../../../shared/stream/state/layout.ts';
import { beginInPast, setJobStatus } from '../../../shared/stream/state/operate.ts';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import {
  centsPerSecond,
  clock,
  Faults,
  largeSale,
  playCloudForEach,
  put,
  surroundings,
  traces,
} from './job-rig.ts';

const faults = new Faults();
let cloud: PlayedCloud;
playCloudForEach(faults, (played) => {
  cloud = played;
});

type Declared = ReturnType<typeof centsPerSecond> | ReturnType<typeof largeSale>;

/** An instance of a function with the job in all its generations. */
function lineOf(declared: Declared, shown: Run[] = []) {
  const { around } = surroundings(cloud);
  const line = new JobLine<{ id: string; atMs: number; cents: number }>(
    declared,
    around,
    async (run) => {
      shown.push({ name: run.name, generation: run.generation });
    },
  );
  const take = (records: readonly StreamRecord[]) =>
    line.take({ stream: 'sales', shard: 'shardId-000000000000' }, records);
  return { take, sweep: () => line.sweep() };
}

async function announceShadow(declared: Run, generation: number): Promise<Run> {
  const run = { name: declared.name, generation };
  const beginning = { fromMs: undefined, status: 'stopped' } as const;
  await beginInPast(cloud.store, run, beginning, clock.nowMs);
  await changeGenerations(cloud.store, declared, (current) => ({
    ...current,
    shadows: [...current.shadows, generation],
    highest: generation,
  }));
  return run;
}

async function beginShadow(declared: Run, generation: number): Promise<void> {
  const run = await announceShadow(declared, generation);
  await setJobStatus(cloud.store, run, { status: 'running' }, clock.nowMs);
  clock.nowMs += 1_000;
}

const swap = (declared: Run, live: number) =>
  changeGenerations(cloud.store, declared, (current) => madeLive(current, live));

const sale = (id: string, atMs: number, cents = 1) => ({ id, atMs, cents });

describe('JobLine', () => {
  it('runs a shadow from the oldest record on, to the same results, and nobody sees it', async () => {
    const job = centsPerSecond();
    const { take, sweep } = lineOf(job);
    for (let batch = 0; batch < 3; batch += 1) {
      await take(await put(cloud, sale(`a${batch}`, 100), sale(`b${batch}`, 1_100)));
    }
    await beginShadow(job, 2);
    await take(await put(cloud, sale('c', 500, 10)));
    await take(await put(cloud, { tick: 60_000 }));
    await sweep();
    const [live, shadow] = [traces(job, cloud), traces({ ...job, generation: 2 }, cloud)];
    expect(await shadow.counts()).toMatchObject({ counted: 7, behind: 0 });
    const final = [
      { startMs: 0, final: true, data: { sales: 4, cents: 13 } },
      { startMs: 1_000, final: true, data: { sales: 3, cents: 3 } },
    ];
    expect(await live.results()).toMatchObject(final);
    expect(await shadow.results()).toMatchObject(final);
    expect(new Set(live.published().map(({ generation }) => generation))).toEqual(new Set([1]));
    expect(await shadow.outbox()).toEqual([]);
    expect((await live.health()).generation).toBe(1);
  });

  it('begins at an instant, whatever a shard that was split before holds', async () => {
    const job = centsPerSecond();
    await put(cloud, sale('before', 100));
    await cloud.kinesis.send(
      new SplitShardCommand({
        StreamName: 'dev-shop-changes',
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    const fromMs = Date.now();
    await beginInPast(
      cloud.store,
      { name: job.name, generation: 2 },
      { fromMs, status: 'running' },
      clock.nowMs,
    );
    await changeGenerations(cloud.store, job, (current) => ({ ...current, live: 2, highest: 2 }));
    const { around } = surroundings(cloud);
    const line = new JobLine(job, around);
    const low = { stream: 'sales', shard: 'shardId-000000000001' };
    await line.take(low, await put(cloud, sale('since', 100), sale('more', 100)));
    expect(await traces({ ...job, generation: 2 }, cloud).counts()).toMatchObject({
      counted: 2,
      behind: 0,
    });
  });

  it('begins without a gap, though some know of it sooner than others', async () => {
    const job = centsPerSecond();
    const [early, late] = [lineOf(job), lineOf(job)];
    await early.take(await put(cloud, sale('a', 100)));
    await late.take(await put(cloud, sale('b', 100)));
    const run = await announceShadow(job, 2);
    await lineOf(job).take(await put(cloud, sale('one knows', 100)));
    await late.take(await put(cloud, sale('another does not', 100)));
    clock.nowMs += 1_000;
    await late.take(await put(cloud, sale('both know, it is stopped', 100)));
    await early.take(await put(cloud, sale('still', 100)));
    await setJobStatus(cloud.store, run, { status: 'running' }, clock.nowMs);
    clock.nowMs += 999;
    await lineOf(job).take(await put(cloud, sale('one starts, reaches the tip', 100)));
    await late.take(await put(cloud, sale('another takes it for stopped', 100)));
    clock.nowMs += 1_000;
    await early.take(await put(cloud, sale('all know', 100)));
    const [live, shadow] = [traces(job, cloud), traces({ ...job, generation: 2 }, cloud)];
    const { counted } = await live.counts();
    expect(await shadow.counts()).toMatchObject({ counted, duplicate: 0, behind: 0 });
  });

  it('swaps without a deployment, and loses nothing that the new one says', async () => {
    const job = largeSale();
    const { take, sweep } = lineOf(job);
    const stale = lineOf(job);
    await take(await put(cloud, sale('a', 0, 100)));
    await beginShadow(job, 2);
    await take(await put(cloud, sale('b', 0, 100)));
    await stale.take([]);
    await stale.take(await put(cloud, sale('c', 0, 100)));
    await swap(job, 2);
    // For less than a second an instance does not know, and takes the new one for a shadow.
    await stale.take(await put(cloud, sale('d', 0, 100)));
    clock.nowMs += 1_000;
    await stale.take(await put(cloud, sale('e', 0, 100)));
    await take(await put(cloud, sale('f', 0, 100)));
    await sweep();
    const published = traces(job, cloud).published();
    const byGeneration = Map.groupBy(published, ({ generation }) => generation);
    const idsOf = (generation: number) =>
      [...new Set(byGeneration.get(generation)?.map(({ id }) => id))].toSorted();
    expect(idsOf(1).slice(0, 3)).toEqual(['a', 'b', 'c']);
    expect(idsOf(2)).toEqual(expect.arrayContaining(['d', 'e', 'f']));
    expect(idsOf(2)).not.toContain('a');
    expect(await traces({ ...job, generation: 2 }, cloud).outbox()).toEqual([]);
  });

  it('publishes what the one that was live said last, and died before it published', async () => {
    const job = largeSale();
    const { take, sweep } = lineOf(job);
    await take(await put(cloud, sale('a', 0, 100)));
    await beginShadow(job, 2);
    await take(await put(cloud, sale('b', 0, 100)));
    const batch = await put(cloud, sale('c', 0, 100));
    faults.before.add('PutRecords');
    await expect(lineOf(job).take(batch)).rejects.toThrow('not today');
    faults.before.clear();
    // The second lets go of what the first has committed, which then is live no more.
    const second = { ...job, generation: 2 };
    await new BesideOutlet(second, job, surroundings(cloud).around).sweep();
    expect(await traces(second, cloud).outbox()).toEqual([]);
    await swap(job, 2);
    clock.nowMs += 1_000;
    await lineOf(job).take(batch);
    await sweep();
    const ids = traces(job, cloud)
      .published()
      .map(({ id }) => id);
    expect(ids).toContain('c');
    expect((await readGenerations(cloud.store, job)).retiring).toEqual([]);
  });

  it('publishes what was said last under the declaration before', async () => {
    const job = largeSale();
    const batch = await put(cloud, sale('a', 0, 100));
    faults.before.add('PutRecords');
    await expect(lineOf(job).take(batch)).rejects.toThrow('not today');
    faults.before.clear();
    const raised = { ...job, generation: 2 };
    const { take } = lineOf(raised);
    await take(await put(cloud, sale('b', 0, 100)));
    clock.nowMs += 1_000;
    await take(await put(cloud, { tick: 1 }));
    const published = traces(job, cloud).published();
    expect(published.map(({ id, generation }) => [id, generation])).toContainEqual(['a', 1]);
    expect(await traces(job, cloud).outbox()).toEqual([]);
  });

  it('goes on where it cannot read what an earlier program left under the declaration before', async () => {
    const job = largeSale();
    await put(cloud, sale('a', 0, 100));
    const left = { codec: codecVersion - 1, emission: '?' };
    const key = { ...outboxPartition(job), sk: 'a#1' };
    await cloud.store.transact([{ key, put: left }]);
    const raised = { ...job, generation: 2 };
    const { take } = lineOf(raised);
    await take(await put(cloud, sale('b', 0, 100)));
    clock.nowMs += 1_000;
    await take(await put(cloud, sale('c', 0, 100)));
    const published = traces(job, cloud).published();
    expect(published.map(({ id }) => id)).toContain('c');
    expect((await readGenerations(cloud.store, raised)).retiring).toEqual([]);
    expect(await cloud.store.get(key)).toMatchObject({ attributes: left });
  });

  it('shows the results of the live generation, at once after a swap', async () => {
    const job = centsPerSecond();
    const shown: Run[] = [];
    const { take } = lineOf(job, shown);
    await take(await put(cloud, sale('a', 100)));
    await beginShadow(job, 2);
    await take(await put(cloud, sale('b', 100)));
    expect(new Set(shown.map(({ generation }) => generation))).toEqual(new Set([1]));
    await swap(job, 2);
    clock.nowMs += 1_000;
    shown.length = 0;
    await take(await put(cloud, sale('c', 100)));
    expect(shown.at(-1)).toEqual({ name: job.name, generation: 2 });
    expect((await traces(job, cloud).health()).generation).toBe(2);
  });

  it('keeps no batch waiting for a shadow that fails', async () => {
    const job = centsPerSecond();
    const failing = {
      ...job,
      result(...given: Parameters<typeof job.result>) {
        if (isFailing && given[1].startMs === 1_000) throw new RangeError('not in the shadow');
        return job.result(...given);
      },
    };
    let isFailing = false;
    const { take } = lineOf(failing);
    await take(await put(cloud, sale('a', 1_100)));
    await beginShadow(job, 2);
    isFailing = true;
    const batch = await put(cloud, { tick: 1_200 });
    await take(batch);
    isFailing = false;
    await take(await put(cloud, sale('b', 1_100)));
    await take(await put(cloud, { tick: 60_000 }));
    const [live, shadow] = [traces(job, cloud), traces({ ...job, generation: 2 }, cloud)];
    const told = [{ startMs: 1_000, final: true, data: { sales: 2, cents: 2 } }];
    expect(await live.results()).toMatchObject(told);
    expect(await shadow.results()).toMatchObject(told);
    expect(await shadow.counts()).toMatchObject({ counted: 2, behind: 0 });
  });

  it('writes a raised declaration into the row that readers of results go by', async () => {
    const job = centsPerSecond();
    await lineOf(job).take(await put(cloud, sale('a', 0)));
    expect(await readGenerations(cloud.store, job)).toMatchObject({ live: 1, highest: 1 });
    const raised = { ...job, generation: 3 };
    await lineOf(raised).take(await put(cloud, sale('b', 0)));
    expect(await readGenerations(cloud.store, job)).toMatchObject({ live: 3, highest: 3 });
    const row = await cloud.store.get({ table: 'results', pk: 'JOBS', sk: job.name });
    expect(row?.attributes['generation']).toBe(3);
  });

  it('begins a raised declaration under a number that no replay has had', async () => {
    const job = centsPerSecond();
    await lineOf(job).take(await put(cloud, sale('a', 0)));
    await changeGenerations(cloud.store, job, (current) => ({
      ...current,
      ...{ live: 2, shadows: [1, 3], highest: 3 },
    }));
    const raised = { ...job, generation: 2 };
    await lineOf(raised).take(await put(cloud, sale('b', 0)));
    const begun = { live: 4, shadows: [], histories: [1, 3], highest: 4 };
    expect(await readGenerations(cloud.store, raised)).toMatchObject(begun);
    expect(await readGenerations(cloud.store, job)).toMatchObject(begun);
    await lineOf(raised).take(await put(cloud, sale('c', 0)));
    expect(await readGenerations(cloud.store, raised)).toMatchObject(begun);
  });
});
