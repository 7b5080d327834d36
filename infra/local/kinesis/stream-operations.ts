import { z } from 'zod';
import { AwsError, localAccountId } from '../service.ts';
import {
  describeListedStream,
  describeShard,
  describeStream,
  describeStreamSummary,
} from './descriptions.ts';
import {
  nameOfStream,
  nextToken,
  retentionHours,
  shardId,
  streamName,
  streamReference,
} from './members.ts';
import { type Operation, operation } from './operation.ts';
import { type Stream, streamArn } from './stream.ts';
import { onDemandShards, shardIdOf } from './stream-state.ts';
import type { Streams } from './streams.ts';
import { nameInToken, packToken } from './token.ts';

const defaultRetentionHours = 24;
const retentionHoursMax = 8_760;
const shardCountMax = 500;

const createStreamInput = z.object({
  StreamName: streamName,
  ShardCount: z.number().int().min(1).max(100_000).optional(),
  StreamModeDetails: z.object({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
});

const deleteStreamInput = z.object({
  ...streamReference,
  EnforceConsumerDeletion: z.boolean().default(false),
});

const describeStreamInput = z.object({
  ...streamReference,
  Limit: z.number().int().min(1).max(10_000).default(100),
  ExclusiveStartShardId: shardId.optional(),
});

const listStreamsInput = z.object({
  Limit: z.number().int().min(1).max(10_000).default(100),
  ExclusiveStartStreamName: streamName.optional(),
  NextToken: nextToken.optional(),
});

const retentionInput = z.object({ ...streamReference, RetentionPeriodHours: retentionHours });

type CreateStreamInput = z.output<typeof createStreamInput>;

export function streamOperations(streams: Streams): Record<string, Operation> {
  const arnOf = (input: Parameters<typeof nameOfStream>[0]): string =>
    streamArn(nameOfStream(input));
  return {
    CreateStream: operation(createStreamInput, arnOf, (input) => {
      streams.create({
        name: input.StreamName,
        mode: input.StreamModeDetails?.StreamMode ?? 'PROVISIONED',
        shardCount: shardCountOf(input),
        retentionHours: defaultRetentionHours,
      });
      return undefined;
    }),
    DeleteStream: operation(deleteStreamInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      if (stream.state.consumers.length > 0 && !input.EnforceConsumerDeletion) {
        throw new AwsError(
          'ResourceInUseException',
          `Stream ${stream.name} under account ${localAccountId} has consumers; set EnforceConsumerDeletion to delete it.`,
        );
      }
      streams.delete(stream);
      return undefined;
    }),
    DescribeStream: operation(describeStreamInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      const after = input.ExclusiveStartShardId ?? '';
      const shards = stream.state.shards.filter(({ index }) => shardIdOf(index) > after);
      return {
        StreamDescription: {
          ...describeStream(stream),
          HasMoreShards: shards.length > input.Limit,
          Shards: shards.slice(0, input.Limit).map(describeShard),
        },
      };
    }),
    DescribeStreamSummary: operation(z.object(streamReference), arnOf, (input) => ({
      StreamDescriptionSummary: describeStreamSummary(streams.get(nameOfStream(input))),
    })),
    ListStreams: operation(
      listStreamsInput,
      () => '*',
      (input) => {
        const after = input.ExclusiveStartStreamName ?? nameInToken(input.NextToken);
        return listStreams(streams.list(), after, input.Limit);
      },
    ),
    IncreaseStreamRetentionPeriod: operation(retentionInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      checkRetention(stream, input.RetentionPeriodHours, 'Increase');
      changeRetention(streams, stream, input.RetentionPeriodHours);
      return undefined;
    }),
    DecreaseStreamRetentionPeriod: operation(retentionInput, arnOf, (input) => {
      const stream = streams.get(nameOfStream(input));
      checkRetention(stream, input.RetentionPeriodHours, 'Decrease');
      changeRetention(streams, stream, input.RetentionPeriodHours);
      return undefined;
    }),
  };
}

function shardCountOf({ ShardCount, StreamModeDetails }: CreateStreamInput): number {
  if (StreamModeDetails?.StreamMode === 'ON_DEMAND') return onDemandShards;
  if (ShardCount === undefined) {
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null",
    );
  }
  if (ShardCount <= shardCountMax) return ShardCount;
  throw new AwsError(
    'LimitExceededException',
    `This request would exceed the shard limit for the account ${localAccountId}. Limit: ${shardCountMax}. Requested: ${ShardCount}.`,
  );
}

function listStreams(all: readonly Stream[], after: string, limit: number): object {
  const following = all.filter(({ name }) => name > after);
  const page = following.slice(0, limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && following.length > page.length;
  return {
    HasMoreStreams: hasMore,
    StreamNames: page.map(({ name }) => name),
    StreamSummaries: page.map(describeListedStream),
    ...(hasMore && { NextToken: packToken([last.name]) }),
  };
}

function checkRetention(
  { name, state }: Stream,
  hours: number,
  direction: 'Increase' | 'Decrease',
): void {
  const problem = retentionProblem(name, state.retentionHours, hours, direction);
  if (problem !== undefined) throw new AwsError('InvalidArgumentException', problem);
}

function retentionProblem(
  name: string,
  current: number,
  hours: number,
  direction: 'Increase' | 'Decrease',
): string | undefined {
  if (hours < defaultRetentionHours) {
    return `Minimum allowed retention period is ${defaultRetentionHours} hours. Requested retention period (${hours} hours) is too short.`;
  }
  if (hours > retentionHoursMax) {
    return `Maximum allowed retention period is ${retentionHoursMax} hours. Requested retention period (${hours} hours) is too long.`;
  }
  if (direction === 'Increase' && hours < current) {
    return `Requested retention period (${hours} hours) for stream ${name} can not be shorter than existing retention period (${current} hours). Use DecreaseRetentionPeriod API.`;
  }
  if (direction === 'Decrease' && hours > current) {
    return `Requested retention period (${hours} hours) for stream ${name} can not be longer than existing retention period (${current} hours). Use IncreaseRetentionPeriod API.`;
  }
  return undefined;
}

function changeRetention(streams: Streams, stream: Stream, hours: number): void {
  streams.change(stream, { ...stream.state, retentionHours: hours });
  streams.trim();
}
