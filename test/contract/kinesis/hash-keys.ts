import { createHash } from 'node:crypto';
import type { Shard } from '@aws-sdk/client-kinesis';

export const hashSpace: bigint = 2n ** 128n;

/** The hash key that Kinesis makes of a partition key. */
export function md5(key: string): bigint {
  return BigInt(`0x${createHash('md5').update(key, 'utf8').digest('hex')}`);
}

export function rangeOf({ HashKeyRange: range }: Shard): { start: bigint; end: bigint } {
  return { start: BigInt(range?.StartingHashKey ?? -1), end: BigInt(range?.EndingHashKey ?? -1) };
}

/** Id of the shard that takes a hash key. */
export function shardTaking(shards: readonly Shard[], hashKey: bigint): string | undefined {
  return shards.find((shard) => {
    const { start, end } = rangeOf(shard);
    return start <= hashKey && hashKey <= end;
  })?.ShardId;
}
