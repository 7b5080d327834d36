import type { ListedShard, ShardReader } from '../stream/shard-reader.ts';
import type { JobRow } from '../stream/state/control.ts';

/** The shard that a history comes from: in every stream of the run, and of no stream's own. */
export const historyShard = 'lake';

/**
 * The shards as a run sees them.
 *
 * Of one that begins at a time, what arrived before is no part of it, also where the question is
 * whether a shard has been read to its end. Of one that begins with a history, that is a shard which
 * has ended, and the parent of those that have none: so what it has counted is known to all others,
 * and none is born before it was told to its end.
 *
 * @param row what the run's row says now.
 */
export function shardsOfRun(
  shards: ShardReader,
  row: () => Pick<JobRow, 'fromMs' | 'history'>,
): ShardReader {
  return {
    async list(stream, including) {
      const listing = await shards.list(stream, including === historyShard ? undefined : including);
      return row().history ? withHistory(listing) : listing;
    },
    async read(stream, shard, after, fromMs) {
      if (shard === historyShard) return { records: [], atTip: true };
      return shards.read(stream, shard, after, fromMs);
    },
    async isReadToEnd(stream, shard, sequenceNumber) {
      const { fromMs, history } = row();
      if (shard === historyShard) return history?.told === true;
      if (fromMs === undefined || sequenceNumber !== undefined) {
        return shards.isReadToEnd(stream, shard, sequenceNumber);
      }
      const { records, atTip } = await shards.read(stream, shard, undefined, fromMs);
      return atTip && records.length === 0;
    },
  };
}

function withHistory(listing: readonly ListedShard[]): readonly ListedShard[] {
  const listed = new Set(listing.map(({ shard }) => shard));
  const joined = listing.map((one) =>
    one.parents.some((parent) => listed.has(parent))
      ? one
      : { ...one, parents: [...one.parents, historyShard] },
  );
  return [{ shard: historyShard, parents: [], closed: true }, ...joined];
}
