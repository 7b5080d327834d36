import { PutRecordCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveSections } from '../../../shared/events/live.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import {
  centsPerSecond,
  clock,
  Faults,
  instanceOf,
  largeSale,
  poison,
  sale,
  tick,
  traces,
} from './job-rig.ts';

const faults = new Faults();
let cloud: PlayedCloud;
beforeAll(async () => {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.spyOn(console, 'info').mockImplementation(() => {});
  cloud = await playCloud(faults.disturb);
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await cloud.close();
});
beforeEach(() => {
  clock.nowMs = 10_000;
});
afterEach(async () => {
  faults.before.clear();
  faults.after.clear();
  faults.left.clear();
  await cloud.drain('dev-dead-letters');
});

describe('JobRunner with a windowed job', () => {
  it('tells a window while it is open, when it has closed, and that it is final', async () => {
    const job = centsPerSecond();
    const { take } = instanceOf(job, cloud);
    const { results, published, outbox } = traces(job, cloud);

    await take(sale('a', 0, 10), sale('b', 999, 5), tick(900));
    const open = { startMs: 0, revision: 1, final: false, data: { sales: 2, cents: 15 } };
    expect(await results()).toEqual([open]);

    await take(sale('c', 500, 1));
    const more = { startMs: 0, revision: 2, final: false, data: { sales: 3, cents: 16 } };
    expect(await results()).toEqual([more]);

    await take(tick(1_100), sale('late', 100, 100));
    const late = { startMs: 0, revision: 3, final: false, data: { sales: 4, cents: 116 } };
    expect(await results()).toEqual([late]);

    await take(tick(3_100));
    expect(await results()).toEqual([{ ...late, final: true }]);
    await take(sale('too late', 0, 1_000), tick(9_000));
    expect(await results()).toEqual([{ ...late, final: true }]);

    expect(published().map(({ revision, data }) => [revision, data.cents])).toEqual([
      [1, 15],
      [2, 16],
      [3, 116],
    ]);
    expect(published()[0]).toEqual({
      id: `${job.name}|1|0`,
      type: 'cents',
      schemaVersion: 1,
      revision: 1,
      job: job.name,
      generation: 1,
      window: { startMs: 0, endMs: 1_000 },
      data: { sales: 2, cents: 15 },
    });
    expect(await outbox()).toEqual([]);
  });

  it('tells its health: what became of records, how far time is, how fast it is', async () => {
    const job = centsPerSecond();
    const { take, counted } = instanceOf(job, cloud);
    await take(sale('a', 9_000, 1), sale('a', 9_000, 1), sale('z', 99_000, 1), poison());
    clock.nowMs += 1_000;
    await take(sale('b', 10_900, 2), tick(10_100));
    const health = liveSections.health.parse(await traces(job, cloud).health());
    expect(health).toEqual({
      job: job.name,
      generation: 1,
      status: 'running',
      watermarkMs: 10_000,
      updatedAtMs: 11_000,
      eventsPerSecond: 0,
      latencyMs: { p50: 100, p99: 1_000 },
      counts: { counted: 2, late: 0, duplicate: 1, future: 1, quarantined: 1 },
      shards: [{ stream: 'sales', shard: 'shardId-000000000000', watermarkMs: 10_000, lagMs: 900 }],
    });
    expect(counted).toMatchObject({ EventsCounted: 2, RecordsQuarantined: 1 });
  });

  it('changes nothing when a batch comes again, whole, cut or shifted', async () => {
    const job = centsPerSecond();
    const { take } = instanceOf(job, cloud);
    const { results, published } = traces(job, cloud);
    const batch = [sale('a', 0, 10), sale('b', 10, 5), tick(500), sale('c', 20, 1)];
    await take(...batch);
    const before = { results: await results(), published: published() };
    await take(...batch);
    await take(...batch.slice(1));
    const cold = instanceOf(job, cloud);
    await cold.take(...batch.slice(0, 2));
    await cold.sweep();
    expect({ results: await results(), published: published() }).toEqual(before);
    expect(before.results).toMatchObject([{ data: { sales: 3, cents: 16 } }]);
  });

  it('counts once what two instances take at the same time', async () => {
    const job = centsPerSecond();
    const { results, published } = traces(job, cloud);
    const batches = Array.from({ length: 6 }, (_, index) => [
      sale(`s${index}`, 0, 1),
      sale(`t${index}`, 1_000, 10),
    ]);
    const instances = [instanceOf(job, cloud), instanceOf(job, cloud)];
    for (const batch of batches) await Promise.all(instances.map(({ take }) => take(...batch)));
    await Promise.all(instances.map(({ take, sweep }) => take(tick(60_000)).then(sweep)));
    expect(await results()).toMatchObject([
      { startMs: 0, final: true, data: { sales: 6, cents: 6 } },
      { startMs: 1_000, final: true, data: { sales: 6, cents: 60 } },
    ]);
    const byRevision = Map.groupBy(published(), ({ id, revision }) => `${id}#${revision}`);
    for (const copies of byRevision.values()) {
      expect(new Set(copies.map((copy) => JSON.stringify(copy))).size).toBe(1);
    }
  });

  it('waits before it tells again, but not for a clock that was set back', async () => {
    const job = centsPerSecond();
    const { take, slept } = instanceOf(job, cloud);
    await take(sale('a', 0, 1));
    clock.nowMs += 40;
    await take(sale('b', 0, 1));
    expect(slept).toEqual([60]);
    clock.nowMs -= 3_600_000;
    await take(sale('c', 0, 1));
    expect(slept).toEqual([60]);
  });

  it('keeps no batch waiting for a window that shows itself seldom, and shows it with a later one', async () => {
    const job = { ...centsPerSecond(), preliminaryEveryMs: 5_000 };
    const { take, slept } = instanceOf(job, cloud);
    const { results } = traces(job, cloud);
    await take(sale('a', 0, 1));
    clock.nowMs += 500;
    await take(sale('b', 0, 1));
    expect(await results()).toMatchObject([{ revision: 1, data: { sales: 1 } }]);
    clock.nowMs += 4_500;
    await take(poison());
    expect(await results()).toMatchObject([{ revision: 2, data: { sales: 2 } }]);
    await take(sale('c', 0, 1));
    clock.nowMs += 1_000;
    await take(tick(300));
    expect(await results()).toMatchObject([{ revision: 2, data: { sales: 2 } }]);
    clock.nowMs += 4_000;
    await take(tick(400));
    expect(await results()).toMatchObject([{ revision: 3, data: { sales: 3 } }]);
    expect(slept).toEqual([]);
  });

  it('calls on results when they change, and at every sweep in case a crash kept it', async () => {
    const job = centsPerSecond();
    let calls = 0;
    const { take, sweep } = instanceOf(job, cloud, async () => {
      calls += 1;
    });
    await take(sale('a', 0, 1));
    expect(calls).toBe(1);
    await take(poison());
    expect(calls).toBe(1);
    await sweep();
    expect(calls).toBe(2);
  });

  it('has nothing to tell before anything has come', async () => {
    const job = centsPerSecond();
    const { sweep } = instanceOf(job, cloud);
    await sweep();
    expect(await traces(job, cloud).results()).toEqual([]);
    expect(await traces(job, cloud).health()).toMatchObject({ watermarkMs: null, shards: [] });
  });
});

describe('JobRunner with a rule', () => {
  it('publishes what follows from an event at once, one record each', async () => {
    const job = largeSale();
    const { take } = instanceOf(job, cloud);
    await take(sale('small', 0, 99), sale('large', 0, 100), sale('large', 0, 100));
    expect(traces(job, cloud).published()).toEqual([
      {
        id: 'large',
        type: 'alarm',
        schemaVersion: 1,
        revision: 1,
        job: job.name,
        generation: 1,
        data: { cents: 100 },
      },
    ]);
    expect(await traces(job, cloud).outbox()).toEqual([]);
  });

  it('publishes by the sweep what a crash between commit and publishing kept back', async () => {
    const job = largeSale();
    const { published, outbox } = traces(job, cloud);
    const batch = [sale('a', 0, 100), sale('b', 0, 200)];
    faults.before.add('PutRecords');
    await expect(instanceOf(job, cloud).take(...batch)).rejects.toThrow('not today');
    faults.before.clear();
    expect(published()).toEqual([]);
    expect(await outbox()).toHaveLength(2);

    const next = instanceOf(job, cloud);
    await next.take(...batch);
    await next.sweep();
    await next.sweep();
    expect(published().map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await outbox()).toEqual([]);
  });

  it('repeats a record, equal, after a crash between publishing and noting it', async () => {
    const job = largeSale();
    const { published } = traces(job, cloud);
    faults.before.add('BatchWriteItem');
    const { take, sweep } = instanceOf(job, cloud);
    await expect(take(sale('a', 0, 100))).rejects.toThrow('not today');
    faults.before.clear();
    await sweep();
    const [first, second, ...more] = published();
    expect(first).toEqual(second);
    expect(more).toEqual([]);
  });

  it('commits once what a lost answer leaves open', async () => {
    const job = largeSale();
    const { take, sweep } = instanceOf(job, cloud);
    await take(tick(0));
    faults.after.add('TransactWriteItems');
    const batch = [sale('a', 0, 100), sale('b', 0, 100)];
    await take(...batch);
    faults.after.clear();
    await take(...batch);
    clock.nowMs += 1_000;
    await sweep();
    const published = traces(job, cloud).published();
    expect(published.map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await traces(job, cloud).health()).counts.counted).toBe(2);
  });

  it('has told what its first transactions said when a later one fails', async () => {
    const job = largeSale();
    const { take } = instanceOf(job, cloud);
    await take(sale('before', 0, 1));
    const batch = Array.from({ length: 200 }, (_, index) => sale(`s${index}`, 0, 100));
    faults.left.set('TransactWriteItems', 1);
    await expect(take(...batch)).rejects.toThrow('not today');
    faults.left.clear();
    const ids = () =>
      traces(job, cloud)
        .published()
        .map(({ id }) => id);
    const first = ids();
    expect(first.length).toBeGreaterThan(80);
    expect(first.length).toBeLessThan(200);
    await take(...batch);
    expect(ids()).toEqual(batch.map((_, index) => `s${index}`));
    expect(await traces(job, cloud).outbox()).toEqual([]);
  });

  it('publishes many that were left behind', async () => {
    const job = largeSale();
    faults.before.add('PutRecords');
    const { take, sweep } = instanceOf(job, cloud);
    const batch = Array.from({ length: 620 }, (_, index) => sale(`s${index}`, 0, 100));
    await expect(take(...batch)).rejects.toThrow('not today');
    faults.before.clear();
    await sweep();
    expect(
      new Set(
        traces(job, cloud)
          .published()
          .map(({ id }) => id),
      ).size,
    ).toBe(620);
    expect(await traces(job, cloud).outbox()).toEqual([]);
  });
});

describe('JobRunner with poison', () => {
  it('sends one dead letter with the reason and counts the rest', async () => {
    const job = centsPerSecond();
    const { take, sweep } = instanceOf(job, cloud);
    const bad = poison();
    const batch = [sale('a', 0, 1), bad, sale('b', 0, 1)];
    await take(...batch);
    await take(...batch);
    await sweep();
    expect(await traces(job, cloud).results()).toMatchObject([{ data: { sales: 2 } }]);
    expect(await cloud.drain('dev-dead-letters')).toEqual([
      {
        consumer: job.name,
        stream: 'sales',
        shard: 'shardId-000000000000',
        sequenceNumber: bad.sequenceNumber,
        arrivalMs: 5_000,
        reason: 'neither sale nor tick',
        data: Buffer.from('{"poison":true}').toString('base64'),
        truncated: false,
      },
    ]);
    expect(await traces(job, cloud).quarantine()).toEqual([]);
  });

  it('sends it once when instances sweep at the same time', async () => {
    const job = centsPerSecond();
    faults.before.add('SendMessageBatch');
    const { take } = instanceOf(job, cloud);
    await expect(take(poison(), poison())).rejects.toThrow();
    faults.before.clear();
    clock.nowMs += 60_000;
    await Promise.all(Array.from({ length: 4 }, () => instanceOf(job, cloud).sweep()));
    expect(await cloud.drain('dev-dead-letters')).toHaveLength(2);
    expect(await traces(job, cloud).quarantine()).toEqual([]);
  });

  it('keeps it until the queue takes it', async () => {
    const job = centsPerSecond();
    const { take, sweep } = instanceOf(job, cloud);
    const batch = [poison(), sale('a', 0, 1)];
    faults.before.add('SendMessageBatch');
    await expect(take(...batch)).rejects.toThrow();
    await take(...batch);
    faults.before.clear();
    // Another may be about to send it: it is left alone until that claim has passed.
    await sweep();
    expect(await cloud.drain('dev-dead-letters')).toEqual([]);
    clock.nowMs += 60_000;
    await sweep();
    expect(await cloud.drain('dev-dead-letters')).toHaveLength(1);
    expect(await traces(job, cloud).results()).toMatchObject([{ data: { sales: 1 } }]);
  });
});

describe('JobRunner when its stream is split', () => {
  it('takes a child once its parent has been read to the end', async () => {
    const job = centsPerSecond();
    const { take, takeFrom } = instanceOf(job, cloud);
    const { kinesis } = cloud;
    const { SequenceNumber } = await kinesis.send(
      new PutRecordCommand({
        StreamName: 'dev-shop-changes',
        PartitionKey: 'a',
        Data: Buffer.from('{}'),
      }),
    );
    await kinesis.send(
      new SplitShardCommand({
        StreamName: 'dev-shop-changes',
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    const children = ['shardId-000000000001', 'shardId-000000000002'] as const;
    const copy = sale('a', 0, 10);
    const early = takeFrom(children[0], copy, sale('b', 0, 1));
    await expect(early).rejects.toThrow('its parent shardId-000000000000 has records not yet');

    await take({ ...sale('a', 0, 10), sequenceNumber: SequenceNumber ?? '' });
    await takeFrom(children[0], copy, sale('b', 0, 1), tick(5_000));
    const { results } = traces(job, cloud);
    // The other child has not been heard of: it holds the time.
    expect(await results()).toMatchObject([{ final: false, data: { sales: 2, cents: 11 } }]);
    await takeFrom(children[1], tick(5_000));
    expect(await results()).toMatchObject([{ final: true, data: { sales: 2, cents: 11 } }]);
  });
});
