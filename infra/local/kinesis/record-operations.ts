import { z } from 'zod';
import { AwsError, localAccountId } from '../service.ts';
import { describeChildren } from './descriptions.ts';
import {
  blob,
  hashKey,
  nameOfStream,
  readHashKey,
  sequenceNumberText,
  shardId,
  shardNotFound,
  streamReference,
  timestamp,
} from './members.ts';
import { type Operation, operation } from './operation.ts';
import type { KinesisRecord } from './record.ts';
import { numberBefore } from './sequence-number.ts';
import type { Shard } from './shard.ts';
import { packIterator, type ShardIterator, unpackIterator } from './shard-iterator.ts';
import type { PutEntry, PutOutcome, Stream } from './stream.ts';
import { streamArn } from './stream.ts';
import type { Streams } from './streams.ts';

/** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const recordBytesMax = 1024 * 1024;
const putRecordsMax = 500;
const putBytesMax = 10 * 1024 * 1024;
const getRecordsMax = 10_000;
const getBytesMax = 10 * 1024 * 1024;

const entry = {
  Data: blob(recordBytesMax),
  PartitionKey: z.string().min(1).max(256),
  ExplicitHashKey: hashKey.optional(),
};

const putRecordInput = z.object({
  ...streamReference,
  ...entry,
  SequenceNumberForOrdering: sequenceNumberText.optional(),
});

const putRecordsInput = z.object({
  ...streamReference,
  Records: z.array(z.object(entry)).min(1).max(putRecordsMax),
});

const iteratorTypes = [
  'AFTER_SEQUENCE_NUMBER',
  'LATEST',
  'AT_TIMESTAMP',
  'AT_SEQUENCE_NUMBER',
  'TRIM_HORIZON',
] as const;

const shardIteratorInput = z.object({
  ...streamReference,
  ShardId: shardId,
  ShardIteratorType: z.enum(iteratorTypes),
  StartingSequenceNumber: sequenceNumberText.optional(),
  Timestamp: timestamp.optional(),
});

const getRecordsInput = z.object({
  ShardIterator: z.string().min(1).max(512),
  Limit: z.number().int().min(1).max(getRecordsMax).default(getRecordsMax),
});

type Entry = z.output<z.ZodObject<typeof entry>>;
type ShardIteratorInput = z.output<typeof shardIteratorInput>;

export function recordOperations(streams: Streams): Record<string, Operation> {
  const arnOf = (input: Parameters<typeof nameOfStream>[0]): string =>
    streamArn(nameOfStream(input));
  return {
    PutRecord: operation(putRecordInput, arnOf, (input) => {
      const [outcome] = streams.get(nameOfStream(input)).put([putEntry(input)], streams.now());
      if (outcome === undefined || 'code' in outcome) throw refusal(outcome);
      return { ShardId: outcome.shardId, SequenceNumber: outcome.sequenceNumber };
    }),
    PutRecords: operation(putRecordsInput, arnOf, (input) => {
      const entries = input.Records.map(putEntry);
      checkPutBytes(entries);
      const outcomes = streams.get(nameOfStream(input)).put(entries, streams.now());
      return {
        FailedRecordCount: outcomes.filter((outcome) => 'code' in outcome).length,
        Records: outcomes.map(describeOutcome),
      };
    }),
    GetShardIterator: operation(shardIteratorInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      const shard = stream.shard(input.ShardId);
      if (shard === undefined) throw shardNotFound(input.ShardId, stream.name);
      const iterator = startOf(stream, shard, input, streams.now());
      return { ShardIterator: packIterator(iterator, streams.now()) };
    }),
    GetRecords: operation(
      getRecordsInput,
      (input) => streamArn(unpackIterator(input.ShardIterator, streams.now()).stream),
      (input) => getRecords(streams, input.ShardIterator, input.Limit),
    ),
  };
}

function putEntry({ Data, PartitionKey, ExplicitHashKey }: Entry): PutEntry {
  const explicitHashKey = readHashKey(ExplicitHashKey, 'ExplicitHashKey');
  return { data: Data, partitionKey: PartitionKey, explicitHashKey };
}

function checkPutBytes(entries: readonly PutEntry[]): void {
  const bytes = entries.reduce(
    (sum, { data, partitionKey }) => sum + data.length + Buffer.byteLength(partitionKey),
    0,
  );
  if (bytes <= putBytesMax) return;
  throw new AwsError(
    'InvalidArgumentException',
    `Records size exceeds 10 MB limit: received ${bytes} bytes`,
  );
}

function describeOutcome(outcome: PutOutcome): object {
  return 'code' in outcome
    ? { ErrorCode: outcome.code, ErrorMessage: outcome.message }
    : { SequenceNumber: outcome.sequenceNumber, ShardId: outcome.shardId };
}

function refusal(outcome: Extract<PutOutcome, { code: string }> | undefined): AwsError {
  const { code, message } = outcome ?? { code: 'InternalFailure', message: 'No shard answered.' };
  return new AwsError(code, message, code === 'InternalFailure' ? 500 : 400);
}

function startOf(
  stream: Stream,
  shard: Shard,
  input: ShardIteratorInput,
  nowMs: number,
): ShardIterator {
  const place = {
    stream: stream.name,
    streamCreatedAtMs: stream.state.createdAtMs,
    shardId: shard.id,
    after: undefined,
    notBeforeMs: 0,
  };
  const { ShardIteratorType: type, StartingSequenceNumber: number, Timestamp: seconds } = input;
  const needsNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
  if (needsNumber !== (number !== undefined) && type !== 'AT_TIMESTAMP') {
    throw new AwsError(
      'InvalidArgumentException',
      `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${number === undefined ? 'no' : 'also a'} StartingSequenceNumber.`,
    );
  }
  if (number !== undefined && needsNumber) {
    checkNumber(stream, shard, number);
    return { ...place, after: type === 'AT_SEQUENCE_NUMBER' ? numberBefore(number) : number };
  }
  if (type === 'LATEST') return { ...place, after: shard.latestSequenceNumber };
  if (type === 'AT_TIMESTAMP') return { ...place, notBeforeMs: startTime(seconds, nowMs) };
  return place;
}

function checkNumber(stream: Stream, shard: Shard, number: string): void {
  if (shard.includes(number)) return;
  throw new AwsError(
    'InvalidArgumentException',
    `StartingSequenceNumber ${number} used in GetShardIterator on shard ${shard.id} in stream ${stream.name} under account ${localAccountId} is invalid because it did not come from this stream.`,
  );
}

function startTime(seconds: number | undefined, nowMs: number): number {
  if (seconds === undefined) {
    throw new AwsError(
      'InvalidArgumentException',
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
    );
  }
  const startMs = seconds * 1000;
  if (startMs <= nowMs) return startMs;
  throw new AwsError(
    'InvalidArgumentException',
    `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${startMs}, currentTimestampInMillis: ${nowMs}`,
  );
}

function getRecords(streams: Streams, iteratorText: string, limit: number): object {
  const nowMs = streams.now();
  const iterator = unpackIterator(iteratorText, nowMs);
  const stream = streams.get(iterator.stream);
  const shard = stream.shard(iterator.shardId);
  if (shard === undefined || stream.state.createdAtMs !== iterator.streamCreatedAtMs) {
    throw shardNotFound(iterator.shardId, iterator.stream);
  }
  const notBeforeMs = Math.max(iterator.notBeforeMs, stream.trimHorizonMs(nowMs));
  const start = { after: iterator.after, notBeforeMs };
  const result = shard.read(start, { limit, bytesMax: getBytesMax }, nowMs);
  const after = result.records.at(-1)?.sequenceNumber ?? iterator.after;
  return {
    Records: result.records.map(describeRecord),
    MillisBehindLatest: result.millisBehindLatest,
    ...(result.endOfShard
      ? { ChildShards: describeChildren(stream.state, shard.state.index) }
      : { NextShardIterator: packIterator({ ...iterator, after }, nowMs) }),
  };
}

function describeRecord(record: KinesisRecord): object {
  return {
    SequenceNumber: record.sequenceNumber,
    ApproximateArrivalTimestamp: record.approximateArrivalTimestamp / 1000,
    Data: record.data.toString('base64'),
    PartitionKey: record.partitionKey,
  };
}
