import type { Stream } from './stream.ts';
import {
  openShards,
  type ShardState,
  type StreamState,
  shardIdOf,
  startingSequenceNumber,
} from './stream-state.ts';

/** Streams and shards as the API tells of them. */

export function describeShard(shard: ShardState): object {
  const [parent, adjacentParent] = shard.parents;
  return {
    ShardId: shardIdOf(shard.index),
    ...(parent !== undefined && { ParentShardId: shardIdOf(parent) }),
    ...(adjacentParent !== undefined && { AdjacentParentShardId: shardIdOf(adjacentParent) }),
    HashKeyRange: describeRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: startingSequenceNumber(shard),
      ...(shard.closed && { EndingSequenceNumber: shard.closed.endingSequenceNumber }),
    },
  };
}

/** What a reader learns at the end of a shard of those that go on from there. */
export function describeChildren(state: StreamState, parentIndex: number): object[] {
  return state.shards
    .filter(({ parents }) => parents.includes(parentIndex))
    .map((shard) => ({
      ShardId: shardIdOf(shard.index),
      ParentShards: shard.parents.map(shardIdOf),
      HashKeyRange: describeRange(shard),
    }));
}

export function describeStream({ arn, state }: Stream): object {
  return {
    StreamName: state.name,
    StreamARN: arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: state.mode },
    RetentionPeriodHours: state.retentionHours,
    StreamCreationTimestamp: state.createdAtMs / 1000,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}

export function describeStreamSummary(stream: Stream): object {
  return {
    ...describeStream(stream),
    OpenShardCount: openShards(stream.state).length,
    ConsumerCount: stream.state.consumers.length,
  };
}

/** The entry of a listing. */
export function describeListedStream({ arn, state }: Stream): object {
  return {
    StreamName: state.name,
    StreamARN: arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: state.mode },
    StreamCreationTimestamp: state.createdAtMs / 1000,
  };
}

function describeRange({ hashStart, hashEnd }: ShardState): object {
  return { StartingHashKey: hashStart, EndingHashKey: hashEnd };
}
