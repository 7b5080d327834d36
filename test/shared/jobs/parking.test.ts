import { PutRecordCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../shared/stream/record.ts';
import { readJobRow, setJobStatus } from '../../../shared/stream/state/operate.ts';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import {
  centsPerSecond,
  clock,
  Faults,
  instanceOf,
  playCloudForEach,
  put,
  traces,
} from './job-rig.ts';

const faults = new Faults();
let cloud: PlayedCloud;
playCloudForEach(faults, (played) => {
  cloud = played;
});

let number = 0;
/** A batch with one sale of a cent at 100 ms, as the poller brings it. */
async function batchOf(sales = 1): Promise<StreamRecord[]> {
  const values = Array.from({ length: sales }, () => {
    number += 1;
    return { id: `s${number}`, atMs: 100, cents: 1 };
  });
  return put(cloud, ...values);
}
const tickBatch = (tick: number) => put(cloud, { tick });

type Job = ReturnType<typeof centsPerSecond>;
const status = (job: Job, to: 'running' | 'stopped') =>
  setJobStatus(cloud.store, job, { status: to }, clock.nowMs);
const later = () => {
  clock.nowMs += 1_000;
};

describe('JobRunner of a job that a person stops', () => {
  it('lets batches pass, and counts each of them once when it is started again', async () => {
    const job = centsPerSecond();
    const { take, counted } = instanceOf(job, cloud);
    const { results, counts } = traces(job, cloud);
    await take(...(await batchOf(2)));
    await status(job, 'stopped');
    later();
    for (let batch = 0; batch < 3; batch += 1) await take(...(await batchOf(10)));
    expect(await counts()).toMatchObject({ counted: 2, behind: 1 });
    expect(counted['BatchesPassed']).toBe(3);

    await status(job, 'running');
    later();
    await take(...(await batchOf()));
    expect(await counts()).toMatchObject({ counted: 33, duplicate: 0, behind: 0 });
    await take(...(await batchOf()));
    await take(...(await tickBatch(60_000)));
    expect(await results()).toMatchObject([{ final: true, data: { sales: 34, cents: 34 } }]);
  });

  it('is stopped before its first batch, and begins with the oldest record', async () => {
    const job = centsPerSecond();
    const { take } = instanceOf(job, cloud);
    await status(job, 'stopped');
    await take(...(await batchOf(5)));
    expect(await traces(job, cloud).counts()).toMatchObject({ counted: 0, behind: 0 });
    await status(job, 'running');
    later();
    await take(...(await batchOf()));
    expect(await traces(job, cloud).counts()).toMatchObject({ counted: 6, behind: 0 });
  });

  it('takes no batch from an invocation that slept through the stop for the end of the gap', async () => {
    const job = centsPerSecond();
    const asleep = instanceOf(job, cloud);
    const awake = instanceOf(job, cloud);
    await awake.take(...(await batchOf()));
    const held = await batchOf();
    await status(job, 'stopped');
    later();
    await awake.take(...held);
    await awake.take(...(await batchOf(100)));
    await status(job, 'running');
    await asleep.take(...held);
    later();
    await awake.take(...(await batchOf()));
    expect(await traces(job, cloud).counts()).toMatchObject({ counted: 103, behind: 0 });
  });

  it('catches up by the sweep where no batch comes any more', async () => {
    const job = centsPerSecond();
    const { take, sweep } = instanceOf(job, cloud);
    await take(...(await batchOf()));
    await status(job, 'stopped');
    later();
    await take(...(await batchOf(3)));
    await sweep();
    expect(await traces(job, cloud).counts()).toMatchObject({ counted: 1, behind: 1 });
    await status(job, 'running');
    await sweep();
    expect(await traces(job, cloud).counts()).toMatchObject({ counted: 4, behind: 0 });
  });

  it('reads what a split left in the parent before the children, whatever comes first', async () => {
    const job = centsPerSecond();
    const { take, takeFrom, sweep } = instanceOf(job, cloud);
    const { counts, results } = traces(job, cloud);
    await take(...(await batchOf()));
    await status(job, 'stopped');
    later();
    await take(...(await batchOf(20)));
    await cloud.kinesis.send(
      new SplitShardCommand({
        StreamName: 'dev-shop-changes',
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    clock.nowMs += 10_000;
    const [low, high] = ['shardId-000000000001', 'shardId-000000000002'] as const;
    // Partition key `a` lies in the lower half.
    await takeFrom(low, ...(await batchOf(3)));
    await status(job, 'running');
    later();
    await takeFrom(low, ...(await batchOf()));
    expect(await counts()).toMatchObject({ counted: 25, duplicate: 0, behind: 0 });
    await takeFrom(low, ...(await tickBatch(60_000)));
    const data = Buffer.from('{"tick":60000}');
    const { SequenceNumber = '' } = await cloud.kinesis.send(
      new PutRecordCommand({
        StreamName: 'dev-shop-changes',
        PartitionKey: 'a',
        ExplicitHashKey: String(2n ** 127n),
        Data: data,
      }),
    );
    await takeFrom(high, { sequenceNumber: SequenceNumber, data, arrivalMs: clock.nowMs });
    await sweep();
    expect(await results()).toMatchObject([{ final: true, data: { sales: 25 } }]);
  });

  it('shows on the live page that it is stopped, and why', async () => {
    const job = centsPerSecond();
    const { take } = instanceOf(job, cloud);
    await take(...(await batchOf()));
    await setJobStatus(cloud.store, job, { status: 'stopped', reason: 'release' }, 5);
    later();
    await take(...(await batchOf()));
    const health = await traces(job, cloud).health();
    expect(health).toMatchObject({ status: 'stopped', reason: 'release', updatedAtMs: 11_000 });
    expect(health.counts.counted).toBe(1);
  });
});

describe('JobRunner of a job that keeps failing', () => {
  /** What it reads cannot be decoded: not a record, but all of them. */
  function failing() {
    const job = centsPerSecond();
    let isFailing = true;
    const sources = job.sources.map((source) => ({
      ...source,
      decode(records: readonly StreamRecord[]) {
        if (isFailing) throw new RangeError('Cannot divide: by zero');
        return source.decode(records);
      },
    }));
    const broken: Job = { ...job, sources };
    return {
      job: broken,
      mend: () => {
        isFailing = false;
      },
    };
  }

  it('fails, and is parked when it has failed often and long enough; then batches pass', async () => {
    const { job, mend } = failing();
    const { take, sweep, counted } = instanceOf(job, cloud);
    const batch = await batchOf(2);
    for (let failure = 0; failure < 3; failure += 1) {
      await expect(take(...batch)).rejects.toThrow('by zero');
      clock.nowMs += 400;
    }
    await take(...batch);
    expect(await readJobRow(cloud.store, job)).toMatchObject({
      status: 'parked',
      reason: expect.stringContaining('Cannot divide: by zero'),
      skipped: true,
    });
    expect(counted['JobParked']).toBe(1);
    await take(...(await batchOf(3)));
    later();
    await sweep();
    expect(counted['JobParked']).toBe(2);

    mend();
    await status(job, 'running');
    later();
    await take(...(await batchOf()));
    await take(...(await tickBatch(60_000)));
    const { results, counts } = traces(job, cloud);
    expect(await counts()).toMatchObject({ counted: 6, duplicate: 0, behind: 0 });
    expect(await results()).toMatchObject([{ final: true, data: { sales: 6, cents: 6 } }]);
  });

  it('counts on and tells the rest, aloud, where one result cannot be told', async () => {
    const job = centsPerSecond();
    let isFailing = true;
    const { take, sweep, counted } = instanceOf(
      {
        ...job,
        result(...given: Parameters<typeof job.result>) {
          if (isFailing && given[1].startMs === 0) throw new RangeError('Cannot divide: by zero');
          return job.result(...given);
        },
      },
      cloud,
    );
    const batch = await batchOf(2);
    await take(...batch, ...(await put(cloud, { id: 'other', atMs: 1_100, cents: 5 })));
    const { results, health } = traces(job, cloud);
    expect(await results()).toMatchObject([{ startMs: 1_000, data: { cents: 5 } }]);
    expect(counted['ResultsUntold']).toBeGreaterThan(0);
    expect(await readJobRow(cloud.store, job)).toMatchObject({ status: 'running' });
    expect((await health()).reason).toContain('by zero');
    isFailing = false;
    later();
    await sweep();
    expect(await results()).toMatchObject([{ startMs: 0, data: { cents: 2 } }, { startMs: 1_000 }]);
    expect((await health()).reason).toBeUndefined();
  });

  it('is not parked over failures that lie far apart with success between them', async () => {
    const job = centsPerSecond();
    const { take } = instanceOf(job, cloud);
    for (let round = 0; round < 4; round += 1) {
      faults.before.add('TransactWriteItems');
      const batch = await batchOf();
      await expect(take(...batch)).rejects.toThrow('not today');
      await expect(take(...batch)).rejects.toThrow('not today');
      faults.before.clear();
      later();
      await take(...batch);
    }
    expect(await readJobRow(cloud.store, job)).toMatchObject({ status: 'running' });
  });

  it('does not take a command of a person back', async () => {
    const { job } = failing();
    const { take } = instanceOf(job, cloud);
    const batch = await batchOf();
    const fail = () => take(...batch).catch(() => {});
    await fail();
    clock.nowMs += 990;
    await fail();
    await setJobStatus(cloud.store, job, { status: 'stopped', reason: 'mine' }, 1);
    clock.nowMs += 10;
    await fail();
    expect(await readJobRow(cloud.store, job)).toMatchObject({ status: 'stopped', reason: 'mine' });
  });
});

describe('JobRunner of a job that is new where its stream was split before', () => {
  it('reads the parent itself once it has waited for it long enough', async () => {
    await put(cloud, { id: 'old', atMs: 100, cents: 1 });
    const split = { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(2n ** 127n) };
    await cloud.kinesis.send(new SplitShardCommand({ StreamName: 'dev-shop-changes', ...split }));
    const batch = await put(cloud, { id: 'new', atMs: 100, cents: 2 });

    const job = centsPerSecond();
    const { takeFrom } = instanceOf(job, cloud);
    const take = () => takeFrom('shardId-000000000001', ...batch);
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await expect(take()).rejects.toThrow('its parent shardId-000000000000 has records not yet');
      later();
    }
    await take();
    await take();
    const { counts, results } = traces(job, cloud);
    expect(await counts()).toMatchObject({ counted: 2, behind: 0 });
    expect(await results()).toMatchObject([{ data: { sales: 2, cents: 3 } }]);
  });
});
