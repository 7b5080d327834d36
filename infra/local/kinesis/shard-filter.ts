import type { ShardState, StreamState } from './stream-state.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html */
export interface ShardFilter {
  readonly type:
    | 'AFTER_SHARD_ID'
    | 'AT_TRIM_HORIZON'
    | 'FROM_TRIM_HORIZON'
    | 'AT_LATEST'
    | 'AT_TIMESTAMP'
    | 'FROM_TIMESTAMP';
  /** For the two types with a time, in epoch milliseconds. */
  readonly atMs: number | undefined;
}

/** The shards a filter lets through, by their ids. */
export function shardsOf(
  { shards, createdAtMs }: StreamState,
  filter: ShardFilter,
  trimHorizonMs: number,
): ShardState[] {
  const horizonMs = Math.max(trimHorizonMs, createdAtMs);
  const atMs = Math.max(filter.atMs ?? 0, horizonMs);
  switch (filter.type) {
    case 'AT_LATEST':
      return shards.filter(({ closed }) => closed === undefined);
    case 'AT_TRIM_HORIZON':
      return shards.filter((shard) => wasOpenAt(shard, horizonMs));
    case 'AT_TIMESTAMP':
      return shards.filter((shard) => wasOpenAt(shard, atMs));
    case 'FROM_TIMESTAMP':
      return shards.filter((shard) => wasOpenSince(shard, atMs));
    case 'AFTER_SHARD_ID':
    case 'FROM_TRIM_HORIZON':
      return shards.filter((shard) => wasOpenSince(shard, horizonMs));
  }
}

function wasOpenAt(shard: ShardState, atMs: number): boolean {
  return shard.createdAtMs <= atMs && wasOpenSince(shard, atMs);
}

function wasOpenSince({ closed }: ShardState, atMs: number): boolean {
  return closed === undefined || closed.atMs >= atMs;
}
