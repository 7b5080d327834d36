import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKinesis, type KinesisService } from '../../../../infra/local/kinesis/kinesis.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { callOf, send } from './direct-call.ts';

const arnPrefix = 'arn:aws:kinesis:us-east-1:000000000000:stream/';
const uniform = { ScalingType: 'UNIFORM_SCALING' };

let directory: string;
let kinesis: KinesisService;
let nowMs = 1_763_700_000_000;
let streams = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kinesis-operations-'));
  kinesis = await createKinesis({
    directory,
    streams: [streamResource('alpha'), streamResource('beta'), streamResource('gamma')],
    consumers: [],
    now: () => nowMs,
  });
});
afterAll(async () => {
  await kinesis.close();
  await rm(directory, { recursive: true });
});

async function newStream(ShardCount = 1): Promise<string> {
  streams += 1;
  const StreamName = `operations-${streams}`;
  await send(kinesis, 'CreateStream', { StreamName, ShardCount });
  return StreamName;
}

function ids(answer: { Shards: { ShardId: string }[] }): number[] {
  return answer.Shards.map(({ ShardId }) => Number(ShardId.slice('shardId-'.length)));
}

describe('ListShards', () => {
  it('gives pages until all are given', async () => {
    const StreamName = await newStream(5);
    const pages: number[][] = [];
    let answer = await send(kinesis, 'ListShards', { StreamName, MaxResults: 2 });
    pages.push(ids(answer));
    while (answer.NextToken !== undefined) {
      answer = await send(kinesis, 'ListShards', { NextToken: answer.NextToken, MaxResults: 2 });
      pages.push(ids(answer));
    }
    expect(pages).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('refuses a token together with a stream, one of its own making, and an old one', async () => {
    const StreamName = await newStream(2);
    const { NextToken } = await send(kinesis, 'ListShards', { StreamName, MaxResults: 1 });
    const list = (input: object) => send(kinesis, 'ListShards', input);
    await expect(list({ StreamName, NextToken })).rejects.toMatchObject({
      code: 'InvalidArgumentException',
    });
    await expect(list({ NextToken: 'W10=' })).rejects.toThrow('Invalid NextToken.');
    nowMs += 300_001;
    await expect(list({ NextToken })).rejects.toMatchObject({ code: 'ExpiredNextTokenException' });
  });

  it('filters by what was open when', async () => {
    const StreamName = await newStream();
    const beforeSplit = nowMs / 1000;
    nowMs += 10_000;
    await send(kinesis, 'UpdateShardCount', { StreamName, TargetShardCount: 2, ...uniform });
    nowMs += 10_000;
    const list = async (ShardFilter: object) =>
      ids(await send(kinesis, 'ListShards', { StreamName, ShardFilter }));
    expect(await list({ Type: 'AT_LATEST' })).toEqual([1, 2]);
    expect(await list({ Type: 'FROM_TRIM_HORIZON' })).toEqual([0, 1, 2]);
    expect(await list({ Type: 'AT_TRIM_HORIZON' })).toEqual([0]);
    expect(await list({ Type: 'AT_TIMESTAMP', Timestamp: beforeSplit })).toEqual([0]);
    expect(await list({ Type: 'AT_TIMESTAMP', Timestamp: nowMs / 1000 })).toEqual([1, 2]);
    expect(await list({ Type: 'FROM_TIMESTAMP', Timestamp: beforeSplit })).toEqual([0, 1, 2]);
    expect(await list({ Type: 'FROM_TIMESTAMP', Timestamp: nowMs / 1000 })).toEqual([1, 2]);
    expect(await list({ Type: 'AFTER_SHARD_ID', ShardId: 'shardId-000000000001' })).toEqual([2]);
    await expect(list({ Type: 'AT_TIMESTAMP' })).rejects.toThrow('A Timestamp must be provided');
    await expect(list({ Type: 'SOMETIMES' })).rejects.toThrow('Member must satisfy enum value set');
  });
});

describe('UpdateShardCount', () => {
  it('makes shards of one size and tells both counts', async () => {
    const StreamName = await newStream(2);
    const answer = await send(kinesis, 'UpdateShardCount', {
      StreamName,
      TargetShardCount: 3,
      ...uniform,
    });
    expect(answer).toMatchObject({ StreamName, CurrentShardCount: 2, TargetShardCount: 3 });
    const open = kinesis.shards(StreamName).filter(({ closed }) => !closed);
    const third = 2n ** 128n / 3n;
    expect(open.map(({ startingHashKey }) => BigInt(startingHashKey)).sort()).toEqual(
      [0n, third, 2n * third].sort(),
    );
  });

  it('does not go beyond double or below half', async () => {
    const StreamName = await newStream(2);
    const change = (TargetShardCount: number) =>
      send(kinesis, 'UpdateShardCount', { StreamName, TargetShardCount, ...uniform });
    await expect(change(5)).rejects.toThrow(
      'UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2 Target shard count: 5',
    );
    await change(4);
    await expect(change(1)).rejects.toThrow('cannot scale down below half');
  });
});

describe('GetRecords', () => {
  it('names the children at the end of a shard', async () => {
    const StreamName = await newStream();
    await send(kinesis, 'UpdateShardCount', { StreamName, TargetShardCount: 2, ...uniform });
    const { ShardIterator } = await send(kinesis, 'GetShardIterator', {
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const answer = await send(kinesis, 'GetRecords', { ShardIterator });
    expect(answer.NextShardIterator).toBeUndefined();
    expect(answer.ChildShards).toMatchObject([
      { ShardId: 'shardId-000000000001', ParentShards: ['shardId-000000000000'] },
      { ShardId: 'shardId-000000000002', ParentShards: ['shardId-000000000000'] },
    ]);
  });

  it('gives ten mebibytes at a time', async () => {
    const StreamName = await newStream();
    const Data = Buffer.alloc(1_048_576).toString('base64');
    for (let index = 0; index < 11; index += 1) {
      await send(kinesis, 'PutRecord', { StreamName, PartitionKey: 'k', Data });
    }
    const { ShardIterator } = await send(kinesis, 'GetShardIterator', {
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const first = await send(kinesis, 'GetRecords', { ShardIterator });
    const second = await send(kinesis, 'GetRecords', { ShardIterator: first.NextShardIterator });
    expect([first.Records.length, second.Records.length]).toEqual([9, 2]);
  });

  it('lets an iterator expire after five minutes', async () => {
    const { ShardIterator } = await send(kinesis, 'GetShardIterator', {
      StreamName: 'alpha',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'LATEST',
    });
    nowMs += 300_000;
    await send(kinesis, 'GetRecords', { ShardIterator });
    nowMs += 1;
    await expect(send(kinesis, 'GetRecords', { ShardIterator })).rejects.toMatchObject({
      code: 'ExpiredIteratorException',
    });
  });

  it('does not take an iterator of an earlier stream of the name', async () => {
    const StreamName = await newStream();
    const { ShardIterator } = await send(kinesis, 'GetShardIterator', {
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'LATEST',
    });
    await send(kinesis, 'DeleteStream', { StreamName });
    nowMs += 1;
    await send(kinesis, 'CreateStream', { StreamName, ShardCount: 1 });
    await expect(send(kinesis, 'GetRecords', { ShardIterator })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('PutRecords', () => {
  it('takes ten mebibytes and no more', async () => {
    const StreamName = await newStream();
    const record = (bytes: number) => ({
      PartitionKey: 'k',
      Data: Buffer.alloc(bytes).toString('base64'),
    });
    const tenMebibytes = [...Array(9).fill(record(1_048_576 - 1)), record(1_048_576 - 1)];
    const fits = await send(kinesis, 'PutRecords', { StreamName, Records: tenMebibytes });
    expect(fits.FailedRecordCount).toBe(0);
    await expect(
      send(kinesis, 'PutRecords', { StreamName, Records: [...tenMebibytes, record(0)] }),
    ).rejects.toThrow('Records size exceeds 10 MB limit: received 10485761 bytes');
  });

  it('names the record and the member that is wrong, each of them', async () => {
    const Records = [
      { PartitionKey: 'k', Data: '' },
      { PartitionKey: 'k'.repeat(257), Data: Buffer.alloc(1_048_577).toString('base64') },
      { Data: '' },
    ];
    const error = await send(kinesis, 'PutRecords', { StreamName: 'alpha', Records }).catch(String);
    expect(error).toContain('3 validation errors detected: ');
    expect(error).toContain(
      "Value at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    );
    expect(error).toContain("at 'records.2.member.partitionKey' failed");
    expect(error).toContain(
      "Value null at 'records.3.member.partitionKey' failed to satisfy constraint: Member must not be null",
    );
  });

  it.each([
    ['no base64', { PartitionKey: 'k', Data: 'a*b=' }],
    ['base64 of the wrong length', { PartitionKey: 'k', Data: 'abc' }],
    ['a key that is no text', { PartitionKey: 7, Data: '' }],
  ])('refuses %s as of the wrong type', async (_, record) => {
    await expect(
      send(kinesis, 'PutRecords', { StreamName: 'alpha', Records: [record] }),
    ).rejects.toMatchObject({ code: 'SerializationException' });
  });
});

describe('streams', () => {
  it('are listed in pages', async () => {
    const first = await send(kinesis, 'ListStreams', { Limit: 2 });
    expect(first).toMatchObject({ StreamNames: ['alpha', 'beta'], HasMoreStreams: true });
    const second = await send(kinesis, 'ListStreams', { NextToken: first.NextToken, Limit: 1 });
    expect(second.StreamNames).toEqual(['gamma']);
    const third = await send(kinesis, 'ListStreams', {
      ExclusiveStartStreamName: 'beta',
      Limit: 1,
    });
    expect(third.StreamNames).toEqual(['gamma']);
  });

  it('are described in pages of shards', async () => {
    const StreamName = await newStream(3);
    const { StreamDescription: first } = await send(kinesis, 'DescribeStream', {
      StreamName,
      Limit: 2,
    });
    expect([first.Shards.length, first.HasMoreShards]).toEqual([2, true]);
    const { StreamDescription: second } = await send(kinesis, 'DescribeStream', {
      StreamName,
      ExclusiveStartShardId: 'shardId-000000000001',
    });
    expect([second.Shards.length, second.HasMoreShards]).toEqual([1, false]);
  });

  it('are known by their ARN as by their name', async () => {
    const { StreamDescriptionSummary: summary } = await send(kinesis, 'DescribeStreamSummary', {
      StreamARN: `${arnPrefix}alpha`,
    });
    expect(summary).toMatchObject({ StreamName: 'alpha', OpenShardCount: 1, ConsumerCount: 0 });
    await expect(
      send(kinesis, 'DescribeStream', { StreamARN: `${arnPrefix}alpha`, StreamName: 'beta' }),
    ).rejects.toThrow('StreamName and StreamARN do not match.');
    await expect(send(kinesis, 'DescribeStream', {})).rejects.toMatchObject({
      code: 'InvalidArgumentException',
    });
  });

  it('cannot be named what leads out of their folder', async () => {
    for (const StreamName of ['a/b', '', 'x'.repeat(129)]) {
      await expect(
        send(kinesis, 'CreateStream', { StreamName, ShardCount: 1 }),
      ).rejects.toMatchObject({ code: 'ValidationException' });
    }
    await send(kinesis, 'CreateStream', { StreamName: '..', ShardCount: 1 });
    await send(kinesis, 'DeleteStream', { StreamName: '..' });
    expect((await send(kinesis, 'ListStreams', {})).StreamNames).toContain('alpha');
  });
});

describe('consumers', () => {
  it('are registered once, listed, described and deregistered', async () => {
    const StreamARN = arnPrefix + (await newStream());
    const { Consumer } = await send(kinesis, 'RegisterStreamConsumer', {
      StreamARN,
      ConsumerName: 'reader',
    });
    expect(Consumer.ConsumerARN).toMatch(new RegExp(`^${StreamARN}/consumer/reader:\\d+$`));
    await expect(
      send(kinesis, 'RegisterStreamConsumer', { StreamARN, ConsumerName: 'reader' }),
    ).rejects.toMatchObject({ code: 'ResourceInUseException' });
    const { Consumers } = await send(kinesis, 'ListStreamConsumers', { StreamARN });
    expect(Consumers).toEqual([Consumer]);
    const byName = { StreamARN, ConsumerName: 'reader' };
    const { ConsumerDescription } = await send(kinesis, 'DescribeStreamConsumer', byName);
    expect(ConsumerDescription).toEqual({ ...Consumer, StreamARN });
    await expect(send(kinesis, 'DeleteStream', { StreamARN })).rejects.toMatchObject({
      code: 'ResourceInUseException',
    });
    await send(kinesis, 'DeregisterStreamConsumer', { ConsumerARN: Consumer.ConsumerARN });
    await expect(send(kinesis, 'DescribeStreamConsumer', byName)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('are at most twenty, and listed in pages', async () => {
    const StreamARN = arnPrefix + (await newStream());
    for (let index = 10; index < 30; index += 1) {
      await send(kinesis, 'RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` });
    }
    await expect(
      send(kinesis, 'RegisterStreamConsumer', { StreamARN, ConsumerName: 'c30' }),
    ).rejects.toMatchObject({ code: 'LimitExceededException' });
    const page = await send(kinesis, 'ListStreamConsumers', { StreamARN, MaxResults: 15 });
    const rest = await send(kinesis, 'ListStreamConsumers', {
      StreamARN,
      NextToken: page.NextToken,
    });
    expect([page.Consumers.length, rest.Consumers.length, rest.NextToken]).toEqual([
      15,
      5,
      undefined,
    ]);
  });

  it('are not pushed to', async () => {
    await expect(
      send(kinesis, 'SubscribeToShard', { ConsumerARN: `${arnPrefix}alpha/consumer/c:1` }),
    ).rejects.toThrow('Cannot subscribe to shard');
  });
});

describe('permissions()', () => {
  it.each<[string, object, string]>([
    ['PutRecords', { StreamName: 'alpha', Records: [{ PartitionKey: 'k', Data: '' }] }, 'alpha'],
    ['PutRecord', { StreamARN: `${arnPrefix}alpha`, PartitionKey: 'k', Data: '' }, 'alpha'],
    ['ListShards', { StreamName: 'alpha' }, 'alpha'],
    ['DescribeStream', { StreamName: 'not-there' }, 'not-there'],
    ['RegisterStreamConsumer', { StreamARN: `${arnPrefix}alpha`, ConsumerName: 'c' }, 'alpha'],
    ['SubscribeToShard', { ConsumerARN: `${arnPrefix}alpha/consumer/c:1` }, 'alpha/consumer/c:1'],
  ])('asks %s for the ARN of what it works on', (operation, input, name) => {
    expect(kinesis.permissions(callOf(operation, input))).toEqual([
      { action: `kinesis:${operation}`, resource: arnPrefix + name },
    ]);
  });

  it('knows the stream of an iterator and of a next page', async () => {
    const { ShardIterator } = await send(kinesis, 'GetShardIterator', {
      StreamName: 'beta',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'LATEST',
    });
    expect(kinesis.permissions(callOf('GetRecords', { ShardIterator }))).toEqual([
      { action: 'kinesis:GetRecords', resource: `${arnPrefix}beta` },
    ]);
    const StreamName = await newStream(2);
    const { NextToken } = await send(kinesis, 'ListShards', { StreamName, MaxResults: 1 });
    expect(kinesis.permissions(callOf('ListShards', { NextToken }))[0]?.resource).toBe(
      arnPrefix + StreamName,
    );
  });
});

describe('requests', () => {
  it.each(['StartStreamEncryption', 'toString', ''])(
    'for %j are named as not played',
    async (name) => {
      await expect(send(kinesis, name, {})).rejects.toMatchObject({
        code: 'UnsupportedOperationException',
        message: `Cannot play call: the local Kinesis has no such operation: received ${name}`,
      });
    },
  );

  it('that are not JSON are refused', async () => {
    const call = { ...callOf('ListStreams', {}), body: Buffer.from('{') };
    await expect(kinesis.handle(call)).rejects.toMatchObject({ code: 'SerializationException' });
  });

  it('in CBOR are refused with what to do', async () => {
    const headers = { 'content-type': 'application/x-amz-cbor-1.1' };
    await expect(kinesis.handle({ ...callOf('ListStreams', {}), headers })).rejects.toThrow(
      'aws.cborEnabled=false',
    );
  });
});
