import type { StreamRecord } from './record.ts';

/** A shard as one listing of its stream shows it. */
export interface ListedShard {
  readonly shard: string;
  readonly parents: readonly string[];
  /** Split or merged: nothing is put into it any more. */
  readonly closed: boolean;
}

/** Some records of a shard, in order. */
export interface ShardPage {
  readonly records: readonly StreamRecord[];
  /** Nothing lay behind these records when they were read. */
  readonly atTip: boolean;
}

/** What the engine asks of a stream beside the records that are brought to it. */
export interface ShardReader {
  /**
   * All shards that still hold records, parents included, from one listing. It may be some seconds
   * old, unless it would lack `including`.
   */
  list(stream: string, including?: string): Promise<readonly ListedShard[]>;
  /** Whether a closed shard has no record after `sequenceNumber` (from its start when undefined). */
  isReadToEnd(stream: string, shard: string, sequenceNumber: string | undefined): Promise<boolean>;
  /**
   * Records after a sequence number; without one from the first that arrived at `fromMs` or later,
   * from the oldest there is when that is undefined too.
   */
  read(
    stream: string,
    shard: string,
    after: string | undefined,
    fromMs: number | undefined,
  ): Promise<ShardPage>;
}

/** The ancestors of a shard that the listing still shows, nearest first. */
export function ancestorsOf(listing: readonly ListedShard[], shard: string): readonly string[] {
  const byId = new Map(listing.map((listed) => [listed.shard, listed]));
  const found = new Set<string>();
  const visit = (id: string): void => {
    for (const parent of byId.get(id)?.parents ?? []) {
      if (!byId.has(parent) || found.has(parent)) continue;
      found.add(parent);
      visit(parent);
    }
  };
  visit(shard);
  return [...found];
}

/**
 * Shards that neither split nor end and hold nothing to be read: for records that are handed to
 * committers without a stream.
 */
export function fixedShards(...shards: readonly string[]): ShardReader {
  const listing = shards.map((shard): ListedShard => ({ shard, parents: [], closed: false }));
  return {
    list: async () => listing,
    isReadToEnd: async () => false,
    read: async () => ({ records: [], atTip: true }),
  };
}
