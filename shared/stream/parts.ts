import type { ShardReader } from './shard-reader.ts';
import type { StateStore } from './state-store.ts';

/** What the engine works with. */
export interface EngineParts {
  readonly store: StateStore;
  readonly shards: ShardReader;
  /** Epoch milliseconds; used for expiry only, never to decide about a record. */
  now(): number;
  /** Waits before a refused transaction is built anew; `attempt` counts from 1. */
  backOff(attempt: number): Promise<void>;
}
