import type {
  KinesisReader,
  KinesisRecord,
  ShardDescription,
} from '../../../../infra/local/event-source/kinesis-reader.ts';

/** A Kinesis stream in memory, for tests of its readers. */
export interface MemoryStream extends KinesisReader {
  put(shardId: string, ...data: (string | Buffer)[]): KinesisRecord[];
  /** Closes shards and opens a child of them. */
  reshard(parents: readonly [string] | readonly [string, string], child: string): void;
  records(shardId: string): readonly KinesisRecord[];
}

interface Shard extends ShardDescription {
  closed: boolean;
  readonly records: KinesisRecord[];
}

export function memoryStream(shardIds: readonly string[], now: () => number): MemoryStream {
  const shards = new Map<string, Shard>(
    shardIds.map((shardId) => [shardId, { shardId, closed: false, records: [] }]),
  );
  const listeners = new Set<() => void>();
  let count = 0n;

  function shardOf(shardId: string): Shard {
    const shard = shards.get(shardId);
    if (shard === undefined) throw new Error(`no such shard: ${shardId}`);
    return shard;
  }

  return {
    shards: () => [...shards.values()],
    records: (shardId) => shardOf(shardId).records,
    read(_stream, shardId, after, { limit }) {
      const { records, closed } = shardOf(shardId);
      const start =
        after === undefined
          ? 0
          : records.findIndex(({ sequenceNumber }) => BigInt(sequenceNumber) > BigInt(after));
      const found = start < 0 ? [] : records.slice(start, start + limit);
      const left = start < 0 ? 0 : records.length - start - found.length;
      return { records: found, endOfShard: closed && left === 0, millisBehindLatest: left };
    },
    onPut(_stream, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put(shardId, ...data) {
      const shard = shardOf(shardId);
      if (shard.closed) throw new Error(`shard is closed: ${shardId}`);
      const added = data.map((content): KinesisRecord => {
        count += 1n;
        return {
          // Longer than any number type holds exactly, as the real ones are.
          sequenceNumber: String(49_600_000_000_000_000_000_000_000n + count),
          partitionKey: `key-${count % 3n}`,
          data: Buffer.from(content),
          approximateArrivalTimestamp: now(),
        };
      });
      shard.records.push(...added);
      for (const listener of listeners) listener();
      return added;
    },
    reshard([first, second], child) {
      shardOf(first).closed = true;
      if (second !== undefined) shardOf(second).closed = true;
      shards.set(child, {
        shardId: child,
        parentShardId: first,
        adjacentParentShardId: second,
        closed: false,
        records: [],
      });
    },
  };
}
