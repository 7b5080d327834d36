import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashKeyOf, hashSpaceSize } from '../../../../infra/local/kinesis/hash-key.ts';
import { createKinesis, type KinesisService } from '../../../../infra/local/kinesis/kinesis.ts';
import { send } from './direct-call.ts';

interface Placed {
  readonly text: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

let directory: string;
let kinesis: KinesisService;
let streams = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kinesis-routing-'));
  kinesis = await createKinesis({
    directory,
    streams: [],
    consumers: [],
    now: Date.now,
    // Small enough that readers meet records in memory, on disk, and in several files.
    logLimits: { cacheBytesMax: 2_000, segmentBytesMax: 1_000 },
  });
});
afterAll(async () => {
  await kinesis.close();
  await rm(directory, { recursive: true });
});

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const hashKey = fc.option(fc.bigInt({ min: 0n, max: hashSpaceSize - 1n }), { nil: undefined });
const puts = fc.array(fc.tuple(key, hashKey), { minLength: 1, maxLength: 20 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put' as const), puts }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('scale' as const),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
);

describe('a stream', () => {
  it('puts each record into the one open shard of its hash key, and every reader finds it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (shardCount, steps, limit) => {
          const name = await newStream(shardCount);
          const placed: Placed[] = [];
          for (const change of steps) {
            if (change.kind === 'scale') await scale(name, change.count);
            else placed.push(...(await putAll(name, change.puts, placed.length)));
          }
          for (const { shardId } of kinesis.shards(name)) {
            const expected = placed.filter((record) => record.shardId === shardId);
            await expectReadable(name, shardId, expected, limit);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

async function newStream(ShardCount: number): Promise<string> {
  streams += 1;
  await send(kinesis, 'CreateStream', { StreamName: `routing-${streams}`, ShardCount });
  return `routing-${streams}`;
}

async function scale(name: string, wanted: number): Promise<void> {
  const current = kinesis.shards(name).filter(({ closed }) => !closed).length;
  const TargetShardCount = Math.min(Math.max(wanted, Math.ceil(current / 2)), current * 2);
  await send(kinesis, 'UpdateShardCount', {
    StreamName: name,
    TargetShardCount,
    ScalingType: 'UNIFORM_SCALING',
  });
}

/** Puts in one request, and checks where each record went by the ranges told beforehand. */
async function putAll(
  name: string,
  entries: readonly (readonly [string, bigint | undefined])[],
  first: number,
): Promise<Placed[]> {
  const open = kinesis.shards(name).filter(({ closed }) => !closed);
  const { Records } = await send(kinesis, 'PutRecords', {
    StreamName: name,
    Records: entries.map(([PartitionKey, explicit], index) => ({
      PartitionKey,
      ...(explicit !== undefined && { ExplicitHashKey: String(explicit) }),
      Data: Buffer.from(`record ${first + index}`).toString('base64'),
    })),
  });
  return entries.map(([partitionKey, explicit], index) => {
    const hash = explicit ?? hashKeyOf(partitionKey);
    const takers = open.filter(
      ({ startingHashKey, endingHashKey }) =>
        BigInt(startingHashKey) <= hash && hash <= BigInt(endingHashKey),
    );
    expect(takers.map(({ shardId }) => shardId)).toEqual([Records[index].ShardId]);
    return {
      text: `record ${first + index}`,
      shardId: Records[index].ShardId,
      sequenceNumber: Records[index].SequenceNumber,
    };
  });
}

async function expectReadable(
  name: string,
  shardId: string,
  expected: readonly Placed[],
  limit: number,
): Promise<void> {
  const texts = expected.map(({ text }) => text);
  expect(await textsFrom(name, shardId, { ShardIteratorType: 'TRIM_HORIZON' }, limit)).toEqual(
    texts,
  );
  expect(await textsFrom(name, shardId, { ShardIteratorType: 'LATEST' }, limit)).toEqual([]);
  for (const [index, { sequenceNumber }] of expected.entries()) {
    if (index % 7 !== 0) continue;
    const at = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: sequenceNumber };
    expect(await textsFrom(name, shardId, at, limit)).toEqual(texts.slice(index));
    const after = { ...at, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' };
    expect(await textsFrom(name, shardId, after, limit)).toEqual(texts.slice(index + 1));
    const { records } = kinesis.read(name, shardId, sequenceNumber, { limit, bytesMax: 10_000 });
    expect(records.map(({ data }) => data.toString())).toEqual(
      texts.slice(index + 1, index + 1 + limit),
    );
  }
}

async function textsFrom(
  StreamName: string,
  ShardId: string,
  start: object,
  Limit: number,
): Promise<string[]> {
  const texts: string[] = [];
  let { ShardIterator } = await send(kinesis, 'GetShardIterator', {
    StreamName,
    ShardId,
    ...start,
  });
  while (ShardIterator !== undefined) {
    const answer = await send(kinesis, 'GetRecords', { ShardIterator, Limit });
    for (const { Data } of answer.Records) texts.push(Buffer.from(Data, 'base64').toString());
    if (answer.Records.length === 0) break;
    ShardIterator = answer.NextShardIterator;
  }
  return texts;
}
