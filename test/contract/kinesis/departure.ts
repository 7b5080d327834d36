import type { it } from 'vitest';

/** Points in which an implementation is known not to do as AWS does. */
export type Departure =
  /** It takes arguments that AWS refuses, or refuses them otherwise. */
  | 'checks few arguments'
  /** Closed shards lose their records to the open ones. */
  | 'moves records when shards change'
  /** The last hash key of a shard belongs to none. */
  | 'leaves gaps between shards'
  /** ExclusiveStartShardId has no effect. */
  | 'lists every shard';

/** `it`, or `it.skip` for an implementation that departs from AWS in this point. */
export type Unless = (departure: Departure) => typeof it | typeof it.skip;
