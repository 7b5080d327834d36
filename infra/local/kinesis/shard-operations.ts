import { z } from 'zod';
import { AwsError, localAccountId } from '../service.ts';
import { describeShard } from './descriptions.ts';
import {
  hashKey,
  nameOfStream,
  nextToken,
  readHashKey,
  shardId,
  shardNotFound,
  streamReference,
  timestamp,
} from './members.ts';
import { type Operation, operation } from './operation.ts';
import { merge, rescale, split } from './reshard.ts';
import { type ShardFilter, shardsOf } from './shard-filter.ts';
import { type Stream, streamArn } from './stream.ts';
import { hashRangeOf, openShards, type ShardState, shardIdOf } from './stream-state.ts';
import type { Streams } from './streams.ts';
import { packToken, unpackToken } from './token.ts';

const listShardsMax = 10_000;
const listShardsDefault = 1_000;
const tokenLifetimeMs = 300_000;

const filterTypes = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;

const listShardsInput = z.object({
  ...streamReference,
  NextToken: nextToken.optional(),
  ExclusiveStartShardId: shardId.optional(),
  MaxResults: z.number().int().min(1).max(listShardsMax).default(listShardsDefault),
  ShardFilter: z
    .object({
      Type: z.enum(filterTypes),
      ShardId: shardId.optional(),
      Timestamp: timestamp.optional(),
    })
    .optional(),
});

const splitShardInput = z.object({
  ...streamReference,
  ShardToSplit: shardId,
  NewStartingHashKey: hashKey,
});

const mergeShardsInput = z.object({
  ...streamReference,
  ShardToMerge: shardId,
  AdjacentShardToMerge: shardId,
});

const updateShardCountInput = z.object({
  ...streamReference,
  TargetShardCount: z.number().int().min(1),
  ScalingType: z.enum(['UNIFORM_SCALING']),
});

type ListShardsInput = z.output<typeof listShardsInput>;

/** Stream, last shard listed, filter type, filter time, time of the page. */
const pageToken = z.tuple([
  z.string(),
  z.string(),
  z.enum(filterTypes),
  z.number().nullable(),
  z.number(),
]);

export function shardOperations(streams: Streams): Record<string, Operation> {
  const arnOf = (input: Parameters<typeof nameOfStream>[0]): string =>
    streamArn(nameOfStream(input));
  return {
    ListShards: operation(
      listShardsInput,
      (input) => streamArn(pageOf(input, streams.now()).stream),
      (input) => listShards(streams, input),
    ),
    SplitShard: operation(splitShardInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      const shard = openShard(stream, input.ShardToSplit);
      const at = splitPoint(stream, shard, input.NewStartingHashKey);
      streams.change(stream, split(stream.state, shard, at, streams.moment()));
      return undefined;
    }),
    MergeShards: operation(mergeShardsInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      const first = openShard(stream, input.ShardToMerge);
      const second = openShard(stream, input.AdjacentShardToMerge);
      checkAdjacent(stream, first, second);
      streams.change(stream, merge(stream.state, first, second, streams.moment()));
      return undefined;
    }),
    UpdateShardCount: operation(updateShardCountInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      const current = openShards(stream.state).length;
      checkShardCount(stream, current, input.TargetShardCount);
      streams.change(
        stream,
        rescale(stream.state, input.TargetShardCount, () => streams.moment()),
      );
      return {
        StreamName: stream.name,
        StreamARN: stream.arn,
        CurrentShardCount: current,
        TargetShardCount: input.TargetShardCount,
      };
    }),
  };
}

interface Page {
  readonly stream: string;
  readonly afterShardId: string;
  readonly filter: ShardFilter;
}

function listShards(streams: Streams, input: ListShardsInput): object {
  const { stream: name, afterShardId, filter } = pageOf(input, streams.now());
  const stream = streams.get(name);
  const horizonMs = stream.trimHorizonMs(streams.now());
  const matching = shardsOf(stream.state, filter, horizonMs).filter(
    ({ index }) => shardIdOf(index) > afterShardId,
  );
  const page = matching.slice(0, input.MaxResults);
  const last = page.at(-1);
  if (last === undefined || page.length === matching.length) {
    return { Shards: page.map(describeShard) };
  }
  const token = [name, shardIdOf(last.index), filter.type, filter.atMs ?? null, streams.now()];
  return { Shards: page.map(describeShard), NextToken: packToken(token) };
}

function pageOf(input: ListShardsInput, nowMs: number): Page {
  const { NextToken: token, ExclusiveStartShardId, ShardFilter: filter } = input;
  if (token === undefined) {
    const type = filter?.Type ?? 'FROM_TRIM_HORIZON';
    const afterShardId = type === 'AFTER_SHARD_ID' ? filter?.ShardId : ExclusiveStartShardId;
    return {
      stream: nameOfStream(input),
      afterShardId: afterShardId ?? '',
      filter: { type, atMs: filterTime(type, filter?.Timestamp) },
    };
  }
  if (input.StreamName !== undefined || ExclusiveStartShardId !== undefined) {
    throw new AwsError(
      'InvalidArgumentException',
      'NextToken and StreamName cannot be provided together.',
    );
  }
  const values = unpackToken(pageToken, token);
  if (values === undefined) throw new AwsError('InvalidArgumentException', 'Invalid NextToken.');
  const [stream, afterShardId, type, atMs, packedAtMs] = values;
  if (nowMs - packedAtMs > tokenLifetimeMs) {
    throw new AwsError('ExpiredNextTokenException', 'The pagination token has expired.');
  }
  return { stream, afterShardId, filter: { type, atMs: atMs ?? undefined } };
}

function filterTime(type: ShardFilter['type'], seconds: number | undefined): number | undefined {
  if (type !== 'AT_TIMESTAMP' && type !== 'FROM_TIMESTAMP') return undefined;
  if (seconds !== undefined) return seconds * 1000;
  throw new AwsError(
    'InvalidArgumentException',
    `A Timestamp must be provided when ShardFilterType is ${type}.`,
  );
}

function openShard(stream: Stream, id: string): ShardState {
  const shard = stream.shard(id)?.state;
  if (shard === undefined) throw shardNotFound(id, stream.name);
  if (shard.closed === undefined) return shard;
  throw new AwsError(
    'InvalidArgumentException',
    `Shard ${id} in stream ${stream.name} under account ${localAccountId} has already been merged or split, and thus is not eligible for merging or splitting.`,
  );
}

function splitPoint(stream: Stream, shard: ShardState, text: string): bigint {
  const at = readHashKey(text, 'NewStartingHashKey') ?? 0n;
  const { start, end } = hashRangeOf(shard);
  if (at > start + 1n && at < end) return at;
  throw new AwsError(
    'InvalidArgumentException',
    `NewStartingHashKey ${text} used in SplitShard() on shard ${shardIdOf(shard.index)} in stream ${stream.name} under account ${localAccountId} is not both greater than one plus the shard's StartingHashKey ${start} and less than the shard's EndingHashKey ${end}.`,
  );
}

function checkAdjacent(stream: Stream, first: ShardState, second: ShardState): void {
  if (hashRangeOf(first).end + 1n === hashRangeOf(second).start) return;
  throw new AwsError(
    'InvalidArgumentException',
    `Shards ${shardIdOf(first.index)} and ${shardIdOf(second.index)} in stream ${stream.name} under account ${localAccountId} are not an adjacent pair of shards eligible for merging`,
  );
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html */
function checkShardCount(stream: Stream, current: number, target: number): void {
  if (stream.state.mode === 'ON_DEMAND') {
    throw new AwsError(
      'ValidationException',
      `Request is invalid. Stream ${stream.name} under account ${localAccountId} is in On-Demand mode.`,
    );
  }
  if (target > current * 2) {
    throw new AwsError(
      'InvalidArgumentException',
      `UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
  if (target < current / 2) {
    throw new AwsError(
      'InvalidArgumentException',
      `UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
}
