import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { send } from './direct-call.ts';
import {
  base64,
  everything,
  firstShard,
  type KinesisRig,
  kinesisRig,
  put,
  stream,
  texts,
} from './kinesis-rig.ts';

const hourMs = 3_600_000;

let rig: KinesisRig;
beforeEach(async () => {
  rig = await kinesisRig();
});
afterEach(() => rig.remove());

describe('createKinesis()', () => {
  describe('after a restart', () => {
    it('has its streams, shards and records, and numbers on above them', async () => {
      const first = await rig.open({ streams: [streamResource(stream, { ShardCount: 2 })] });
      const numbers = await put(first, 'a', 'b', 'c');
      const shards = first.shards(stream);
      const held = shards.map(({ shardId }) => texts(first, undefined, shardId));
      await rig.close(first);
      const second = await rig.open({ streams: [streamResource(stream, { ShardCount: 2 })] });
      expect(second.shards(stream)).toEqual(shards);
      expect(shards.map(({ shardId }) => texts(second, undefined, shardId))).toEqual(held);
      const later = await put(second, 'a', 'b', 'c');
      expect(later.map((number, index) => number > (numbers[index] ?? ''))).toEqual([
        true,
        true,
        true,
      ]);
    });

    it('repeats no number when all files were lost', async () => {
      const first = await rig.open();
      const [before = ''] = await put(first, 'a');
      await rig.close(first);
      await rm(rig.directory, { recursive: true });
      rig.nowMs += 1;
      const second = await rig.open();
      const [after = ''] = await put(second, 'a');
      expect(after > before).toBe(true);
      // A reader's place of the time before shows all there is now.
      expect(texts(second, before)).toEqual(['a']);
    });

    it('numbers on though the clock was set back', async () => {
      const first = await rig.open();
      const [before = ''] = await put(first, 'a');
      await rig.close(first);
      rig.nowMs -= 10 * 24 * hourMs;
      const second = await rig.open();
      const [after = ''] = await put(second, 'b');
      expect(after > before).toBe(true);
      expect(texts(second)).toEqual(['a', 'b']);
    });

    it('does not bring back a stream that was deleted, nor its records', async () => {
      const first = await rig.open({ streams: [] });
      await send(first, 'CreateStream', { StreamName: stream, ShardCount: 1 });
      await put(first, 'old');
      await send(first, 'DeleteStream', { StreamName: stream });
      await send(first, 'CreateStream', { StreamName: stream, ShardCount: 1 });
      await put(first, 'new');
      expect(texts(first)).toEqual(['new']);
      await rig.close(first);
      expect(texts(await rig.open({ streams: [] }))).toEqual(['new']);
    });

    it('refuses a file of streams it cannot understand', async () => {
      await rig.close(await rig.open());
      const file = join(rig.directory, 'streams.json');
      await rm(file);
      await writeFile(file, '{"version":1,');
      await expect(rig.open()).rejects.toThrow(`received ${file}`);
    });
  });

  describe('read()', () => {
    it('gives at most so many records and bytes, but one at least', async () => {
      const kinesis = await rig.open();
      const [first = ''] = await put(kinesis, 'aaaa', 'bbbb', 'cccc');
      const read = (limit: number, bytesMax: number) =>
        kinesis.read(stream, firstShard, undefined, { limit, bytesMax }).records.length;
      expect(read(2, 1_000)).toBe(2);
      // Four bytes of data and four of the key each.
      expect(read(10, 16)).toBe(2);
      expect(read(10, 15)).toBe(1);
      expect(read(10, 1)).toBe(1);
      expect(texts(kinesis, first)).toEqual(['bbbb', 'cccc']);
    });

    it('tells how far behind the end it is, by what comes next', async () => {
      const kinesis = await rig.open();
      await put(kinesis, 'a');
      rig.nowMs += 700;
      await put(kinesis, 'b');
      rig.nowMs += 300;
      const behind = (limit: number) =>
        kinesis.read(stream, firstShard, undefined, { limit, bytesMax: 1_000 }).millisBehindLatest;
      expect(behind(1)).toBe(300);
      expect(behind(2)).toBe(0);
    });

    it('ends a closed shard behind its last record, and no open one', async () => {
      const kinesis = await rig.open();
      const [, last = ''] = await put(kinesis, 'a', 'b');
      const ends = (after: string | undefined, limit = 10) =>
        kinesis.read(stream, firstShard, after, { limit, bytesMax: 1_000 }).endOfShard;
      expect(ends(last)).toBe(false);
      await send(kinesis, 'SplitShard', {
        StreamName: stream,
        ShardToSplit: firstShard,
        NewStartingHashKey: String(2n ** 127n),
      });
      expect(ends(undefined, 1)).toBe(false);
      expect(ends(undefined, 2)).toBe(true);
      expect(ends(last)).toBe(true);
      expect(kinesis.shards(stream)).toMatchObject([
        { shardId: firstShard, closed: true },
        { shardId: 'shardId-000000000001', parentShardId: firstShard, closed: false },
        { shardId: 'shardId-000000000002', parentShardId: firstShard, closed: false },
      ]);
    });

    it('names a shard or a stream that does not exist', async () => {
      const kinesis = await rig.open();
      expect(() => kinesis.read(stream, 'shardId-000000000009', undefined, everything)).toThrow(
        'received shardId-000000000009',
      );
      expect(() => kinesis.shards('nowhere')).toThrow('Stream nowhere under account');
    });

    it('shows nothing older than the retention', async () => {
      const kinesis = await rig.open({
        streams: [streamResource(stream, { RetentionPeriodHours: 24 })],
      });
      await put(kinesis, 'old');
      rig.nowMs += hourMs;
      await put(kinesis, 'young');
      rig.nowMs += 23.5 * hourMs;
      expect(texts(kinesis)).toEqual(['young']);
      const { ShardIterator } = await send(kinesis, 'GetShardIterator', {
        StreamName: stream,
        ShardId: firstShard,
        ShardIteratorType: 'TRIM_HORIZON',
      });
      const { Records } = await send(kinesis, 'GetRecords', { ShardIterator });
      expect(Records).toHaveLength(1);
    });

    it('forgets closed shards once their records are beyond the retention', async () => {
      const kinesis = await rig.open();
      await send(kinesis, 'UpdateShardCount', {
        StreamName: stream,
        TargetShardCount: 2,
        ScalingType: 'UNIFORM_SCALING',
      });
      await rig.close(kinesis);
      rig.nowMs += 169 * hourMs;
      const later = await rig.open();
      expect(later.shards(stream).map(({ shardId }) => shardId)).toEqual([
        'shardId-000000000001',
        'shardId-000000000002',
      ]);
    });
  });

  describe('on a disk that refuses', () => {
    it('fails the records of the shard concerned, and only those, and recovers', async () => {
      const kinesis = await rig.open({ streams: [streamResource(stream, { ShardCount: 2 })] });
      const folder = (await readdir(rig.directory)).find((name) => name.startsWith(stream)) ?? '';
      const broken = join(rig.directory, folder, firstShard);
      await rm(broken, { recursive: true });
      const send2 = () =>
        send(kinesis, 'PutRecords', {
          StreamName: stream,
          Records: [
            { PartitionKey: 'lower', ExplicitHashKey: '0', Data: '' },
            { PartitionKey: 'upper', ExplicitHashKey: String(2n ** 128n - 1n), Data: '' },
          ],
        });
      const answer = await send2();
      expect(answer).toMatchObject({
        FailedRecordCount: 1,
        Records: [{ ErrorCode: 'InternalFailure' }, { ShardId: 'shardId-000000000001' }],
      });
      expect(rig.warnings[0]).toContain(`stream ${stream}, ${firstShard} refused 1 records`);
      await mkdir(broken);
      expect((await send2()).FailedRecordCount).toBe(0);
      expect(kinesis.read(stream, firstShard, undefined, everything).records).toHaveLength(1);
    });
  });

  describe('onPut()', () => {
    it('calls after each put, when the records can be read, until it is ended', async () => {
      const kinesis = await rig.open();
      const seen: number[] = [];
      const end = kinesis.onPut(stream, () => seen.push(texts(kinesis).length));
      await put(kinesis, 'a', 'b');
      await put(kinesis, 'c');
      end();
      await put(kinesis, 'd');
      expect(seen).toEqual([2, 3]);
    });

    it('takes the records though a listener fails, and says so', async () => {
      const kinesis = await rig.open();
      kinesis.onPut(stream, () => {
        throw new Error('the reader is away');
      });
      await put(kinesis, 'a');
      expect(texts(kinesis)).toEqual(['a']);
      expect(rig.warnings).toEqual([
        `a reader of stream ${stream} failed when it was woken: Error: the reader is away`,
      ]);
    });

    it('calls when shards change, for new ones must be read', async () => {
      const kinesis = await rig.open();
      const counts: number[] = [];
      kinesis.onPut(stream, () => counts.push(kinesis.shards(stream).length));
      await send(kinesis, 'SplitShard', {
        StreamName: stream,
        ShardToSplit: firstShard,
        NewStartingHashKey: String(2n ** 127n),
      });
      expect(counts).toEqual([3]);
    });
  });

  describe('flushed()', () => {
    it('resolves for all who wait, also without a put and while others put', async () => {
      const kinesis = await rig.open();
      await kinesis.flushed();
      const puts = Array.from({ length: 50 }, async (_, index) => {
        await put(kinesis, `record-${index}`);
        await kinesis.flushed();
      });
      await Promise.all(puts);
      expect(texts(kinesis)).toHaveLength(50);
    });
  });

  describe('with limits enforced', () => {
    it('takes 1,000 records a second in each shard', async () => {
      const kinesis = await rig.open({ enforceLimits: true });
      const Records = Array.from({ length: 500 }, () => ({ PartitionKey: 'k', Data: '' }));
      const refused = async () =>
        (await send(kinesis, 'PutRecords', { StreamName: stream, Records })).FailedRecordCount;
      expect([await refused(), await refused(), await refused()]).toEqual([0, 0, 500]);
      rig.nowMs += 1_000;
      expect(await refused()).toBe(0);
    });

    it('takes one mebibyte a second, and says so record by record', async () => {
      const kinesis = await rig.open({ enforceLimits: true });
      const Data = Buffer.alloc(600 * 1024).toString('base64');
      const answer = await send(kinesis, 'PutRecords', {
        StreamName: stream,
        Records: [
          { PartitionKey: 'k', Data },
          { PartitionKey: 'k', Data },
          { PartitionKey: 'k', Data: base64('small') },
        ],
      });
      expect(answer.FailedRecordCount).toBe(1);
      expect(answer.Records[1]).toEqual({
        ErrorCode: 'ProvisionedThroughputExceededException',
        ErrorMessage: `Rate exceeded for shard ${firstShard} in stream ${stream} under account 000000000000.`,
      });
      expect(answer.Records[2].SequenceNumber > answer.Records[0].SequenceNumber).toBe(true);
      await expect(
        send(kinesis, 'PutRecord', { StreamName: stream, PartitionKey: 'k', Data }),
      ).rejects.toMatchObject({ code: 'ProvisionedThroughputExceededException', status: 400 });
    });
  });
});
