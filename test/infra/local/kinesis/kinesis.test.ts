import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createKinesis,
  type KinesisOptions,
  type KinesisService,
} from '../../../../infra/local/kinesis/kinesis.ts';
import type { Resource } from '../../../../infra/local/service.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { send } from './direct-call.ts';

const hourMs = 3_600_000;
const stream = 'dev-shop-changes';
const firstShard = 'shardId-000000000000';
const everything = { limit: 10_000, bytesMax: 10 * 1024 * 1024 };

let directory: string;
let nowMs: number;
let warnings: string[];
const opened: KinesisService[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kinesis-'));
  nowMs = 1_763_700_000_000;
  warnings = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((kinesis) => kinesis.close()));
  await rm(directory, { recursive: true });
});

async function open(options: Partial<KinesisOptions> = {}): Promise<KinesisService> {
  const kinesis = await createKinesis({
    directory,
    streams: [streamResource(stream)],
    consumers: [],
    now: () => nowMs,
    warn: (message) => warnings.push(message),
    ...options,
  });
  opened.push(kinesis);
  return kinesis;
}

async function close(kinesis: KinesisService): Promise<void> {
  opened.splice(opened.indexOf(kinesis), 1);
  await kinesis.close();
}

async function put(kinesis: KinesisService, ...texts: string[]): Promise<string[]> {
  const Records = texts.map((text) => ({ PartitionKey: text, Data: base64(text) }));
  const answer = await send(kinesis, 'PutRecords', { StreamName: stream, Records });
  expect(answer.FailedRecordCount).toBe(0);
  return answer.Records.map(({ SequenceNumber }: { SequenceNumber: string }) => SequenceNumber);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function texts(kinesis: KinesisService, after?: string, shardId = firstShard): string[] {
  const { records } = kinesis.read(stream, shardId, after, everything);
  return records.map(({ data }) => data.toString());
}

function consumer(ref: string, streamArn: string): Resource {
  return {
    stack: 'Shop-dev-Data',
    logicalId: 'Consumer',
    type: 'AWS::Kinesis::StreamConsumer',
    ref,
    attributes: { ConsumerARN: ref },
    properties: { ConsumerName: 'dev-fraud-detection', StreamARN: streamArn },
  };
}

describe('createKinesis()', () => {
  describe('after a restart', () => {
    it('has its streams, shards and records, and numbers on above them', async () => {
      const first = await open({ streams: [streamResource(stream, { ShardCount: 2 })] });
      const numbers = await put(first, 'a', 'b', 'c');
      const shards = first.shards(stream);
      const held = shards.map(({ shardId }) => texts(first, undefined, shardId));
      await close(first);
      const second = await open({ streams: [streamResource(stream, { ShardCount: 2 })] });
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
      const first = await open();
      const [before = ''] = await put(first, 'a');
      await close(first);
      await rm(directory, { recursive: true });
      nowMs += 1;
      const second = await open();
      const [after = ''] = await put(second, 'a');
      expect(after > before).toBe(true);
      // A reader's place of the time before shows all there is now.
      expect(texts(second, before)).toEqual(['a']);
    });

    it('numbers on though the clock was set back', async () => {
      const first = await open();
      const [before = ''] = await put(first, 'a');
      await close(first);
      nowMs -= 10 * 24 * hourMs;
      const second = await open();
      const [after = ''] = await put(second, 'b');
      expect(after > before).toBe(true);
      expect(texts(second)).toEqual(['a', 'b']);
    });

    it('does not bring back a stream that was deleted, nor its records', async () => {
      const first = await open({ streams: [] });
      await send(first, 'CreateStream', { StreamName: stream, ShardCount: 1 });
      await put(first, 'old');
      await send(first, 'DeleteStream', { StreamName: stream });
      await send(first, 'CreateStream', { StreamName: stream, ShardCount: 1 });
      await put(first, 'new');
      expect(texts(first)).toEqual(['new']);
      await close(first);
      expect(texts(await open({ streams: [] }))).toEqual(['new']);
    });

    it('refuses a file of streams it cannot understand', async () => {
      await close(await open());
      const file = join(directory, 'streams.json');
      await rm(file);
      await writeFile(file, '{"version":1,');
      await expect(open()).rejects.toThrow(`received ${file}`);
    });
  });

  describe('read()', () => {
    it('gives at most so many records and bytes, but one at least', async () => {
      const kinesis = await open();
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
      const kinesis = await open();
      await put(kinesis, 'a');
      nowMs += 700;
      await put(kinesis, 'b');
      nowMs += 300;
      const behind = (limit: number) =>
        kinesis.read(stream, firstShard, undefined, { limit, bytesMax: 1_000 }).millisBehindLatest;
      expect(behind(1)).toBe(300);
      expect(behind(2)).toBe(0);
    });

    it('ends a closed shard behind its last record, and no open one', async () => {
      const kinesis = await open();
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
      const kinesis = await open();
      expect(() => kinesis.read(stream, 'shardId-000000000009', undefined, everything)).toThrow(
        'received shardId-000000000009',
      );
      expect(() => kinesis.shards('nowhere')).toThrow('Stream nowhere under account');
    });

    it('shows nothing older than the retention', async () => {
      const kinesis = await open({
        streams: [streamResource(stream, { RetentionPeriodHours: 24 })],
      });
      await put(kinesis, 'old');
      nowMs += hourMs;
      await put(kinesis, 'young');
      nowMs += 23.5 * hourMs;
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
      const kinesis = await open();
      await send(kinesis, 'UpdateShardCount', {
        StreamName: stream,
        TargetShardCount: 2,
        ScalingType: 'UNIFORM_SCALING',
      });
      await close(kinesis);
      nowMs += 169 * hourMs;
      const later = await open();
      expect(later.shards(stream).map(({ shardId }) => shardId)).toEqual([
        'shardId-000000000001',
        'shardId-000000000002',
      ]);
    });
  });

  describe('on a disk that refuses', () => {
    it('fails the records of the shard concerned, and only those, and recovers', async () => {
      const kinesis = await open({ streams: [streamResource(stream, { ShardCount: 2 })] });
      const folder = (await readdir(directory)).find((name) => name.startsWith(stream)) ?? '';
      const broken = join(directory, folder, firstShard);
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
      expect(warnings[0]).toContain(`stream ${stream}, ${firstShard} refused 1 records`);
      await mkdir(broken);
      expect((await send2()).FailedRecordCount).toBe(0);
      expect(kinesis.read(stream, firstShard, undefined, everything).records).toHaveLength(1);
    });
  });

  describe('onPut()', () => {
    it('calls after each put, when the records can be read, until it is ended', async () => {
      const kinesis = await open();
      const seen: number[] = [];
      const end = kinesis.onPut(stream, () => seen.push(texts(kinesis).length));
      await put(kinesis, 'a', 'b');
      await put(kinesis, 'c');
      end();
      await put(kinesis, 'd');
      expect(seen).toEqual([2, 3]);
    });

    it('takes the records though a listener fails, and says so', async () => {
      const kinesis = await open();
      kinesis.onPut(stream, () => {
        throw new Error('the reader is away');
      });
      await put(kinesis, 'a');
      expect(texts(kinesis)).toEqual(['a']);
      expect(warnings).toEqual([
        `a reader of stream ${stream} failed when it was woken: Error: the reader is away`,
      ]);
    });

    it('calls when shards change, for new ones must be read', async () => {
      const kinesis = await open();
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
      const kinesis = await open();
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
      const kinesis = await open({ enforceLimits: true });
      const Records = Array.from({ length: 500 }, () => ({ PartitionKey: 'k', Data: '' }));
      const refused = async () =>
        (await send(kinesis, 'PutRecords', { StreamName: stream, Records })).FailedRecordCount;
      expect([await refused(), await refused(), await refused()]).toEqual([0, 0, 500]);
      nowMs += 1_000;
      expect(await refused()).toBe(0);
    });

    it('takes one mebibyte a second, and says so record by record', async () => {
      const kinesis = await open({ enforceLimits: true });
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

  describe('from a template', () => {
    const open2 = (properties: object) => open({ streams: [streamResource(stream, properties)] });
    const openCount = (kinesis: KinesisService) =>
      kinesis.shards(stream).filter(({ closed }) => !closed).length;

    it('changes the shard count when the template does, and keeps the records', async () => {
      const first = await open2({ ShardCount: 1 });
      await put(first, 'a');
      await close(first);
      const second = await open2({ ShardCount: 4 });
      expect(openCount(second)).toBe(4);
      expect(texts(second)).toEqual(['a']);
    });

    it('leaves a shard count alone that was changed by hand', async () => {
      const first = await open2({ ShardCount: 1 });
      await send(first, 'UpdateShardCount', {
        StreamName: stream,
        TargetShardCount: 2,
        ScalingType: 'UNIFORM_SCALING',
      });
      await close(first);
      expect(openCount(await open2({ ShardCount: 1 }))).toBe(2);
    });

    it('begins an on-demand stream with four shards', async () => {
      const kinesis = await open2({
        ShardCount: undefined,
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      });
      expect(openCount(kinesis)).toBe(4);
      await expect(
        send(kinesis, 'UpdateShardCount', {
          StreamName: stream,
          TargetShardCount: 8,
          ScalingType: 'UNIFORM_SCALING',
        }),
      ).rejects.toMatchObject({ code: 'ValidationException' });
    });

    it('finds a stream by its own ARN and by that of a consumer', async () => {
      const resource = streamResource(stream);
      const arn = resource.attributes['Arn'] ?? '';
      const consumerArn = `${arn}/consumer/dev-fraud-detection:1`;
      const consumers = [consumer(consumerArn, arn)];
      const kinesis = await open({ streams: [resource], consumers });
      expect(kinesis.streamByArn(arn)).toBe(stream);
      expect(kinesis.streamByArn(consumerArn)).toBe(stream);
      expect(() => kinesis.streamByArn('arn:aws:kinesis:us-east-1:0:stream/other')).toThrow(
        'received arn:aws:kinesis:us-east-1:0:stream/other',
      );
      const { ConsumerDescription } = await send(kinesis, 'DescribeStreamConsumer', {
        ConsumerARN: consumerArn,
      });
      expect(ConsumerDescription).toMatchObject({
        ConsumerName: 'dev-fraud-detection',
        ConsumerStatus: 'ACTIVE',
        StreamARN: arn,
      });
    });

    it('names a resource that it cannot play', async () => {
      await expect(open2({ ShardCount: 'two' })).rejects.toThrow(
        /^Cannot play AWS::Kinesis::Stream: its properties are wrong: received Stream:/,
      );
      await expect(open2({ MaxRecordSizeInKiB: 10_240 })).rejects.toThrow('Records above 1 MiB');
      await expect(
        open({ streams: [], consumers: [consumer('c', 'arn:aws:kinesis:x:1:stream/none')] }),
      ).rejects.toThrow('received arn:aws:kinesis:x:1:stream/none');
    });
  });
});
