import { z } from 'zod';
import type { HashRange } from './hash-key.ts';
import { sequenceNumber, sequencePrefix } from './sequence-number.ts';

/**
 * What an on-demand stream begins with.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
 */
export const onDemandShards = 4;

const shardState = z.object({
  index: z.number().int().nonnegative(),
  /** One after a split, two after a merge, the shard that was merged first. */
  parents: z.array(z.number().int().nonnegative()).max(2),
  hashStart: z.string().regex(/^\d+$/),
  hashEnd: z.string().regex(/^\d+$/),
  stampMs: z.number().int().positive(),
  createdAtMs: z.number().int(),
  closed: z.object({ endingSequenceNumber: z.string(), atMs: z.number().int() }).optional(),
});

const consumerState = z.object({
  name: z.string(),
  arn: z.string(),
  createdAtMs: z.number().int(),
});

/** Everything about a stream but its records. Kept on disk; replaced, never changed in place. */
export const streamState = z.object({
  name: z.string().min(1),
  /** Where its records lie, below the directory of all streams. */
  folder: z.string().min(1),
  mode: z.enum(['PROVISIONED', 'ON_DEMAND']),
  retentionHours: z.number().int().positive(),
  createdAtMs: z.number().int(),
  /** What the template asked for last, so that a shard count set by hand outlives a restart. */
  templateShardCount: z.number().int().positive().optional(),
  nextShardIndex: z.number().int().positive(),
  shards: z.array(shardState),
  consumers: z.array(consumerState),
});

export type StreamState = z.output<typeof streamState>;
export type ShardState = z.output<typeof shardState>;
export type ConsumerState = z.output<typeof consumerState>;

export function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

export function startingSequenceNumber({ stampMs, index }: ShardState): string {
  return sequenceNumber(sequencePrefix(stampMs, index), 0);
}

export function hashRangeOf({ hashStart, hashEnd }: ShardState): HashRange {
  return { start: BigInt(hashStart), end: BigInt(hashEnd) };
}

export function openShards({ shards }: StreamState): ShardState[] {
  return shards.filter(({ closed }) => closed === undefined);
}
