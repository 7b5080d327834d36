/** A record of a stream, as a consumer reads it. */
export interface KinesisRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Epoch milliseconds. */
  readonly approximateArrivalTimestamp: number;
}

export interface ShardDescription {
  readonly shardId: string;
  readonly parentShardId?: string | undefined;
  /** The second parent of a merged shard. */
  readonly adjacentParentShardId?: string | undefined;
  /** A closed shard takes no more records; the ones it has stay readable. */
  readonly closed: boolean;
}

export interface ShardRead {
  readonly records: readonly KinesisRecord[];
  /** The shard is closed and nothing follows these records. */
  readonly endOfShard: boolean;
  readonly millisBehindLatest: number;
}

/** What an event source mapping needs of the streams of this machine. */
export interface KinesisReader {
  shards(stream: string): readonly ShardDescription[] | Promise<readonly ShardDescription[]>;
  /** The next records of a shard, from its oldest when no sequence number is given. */
  read(
    stream: string,
    shardId: string,
    afterSequenceNumber: string | undefined,
    bounds: { readonly limit: number; readonly bytesMax: number },
  ): ShardRead | Promise<ShardRead>;
  /** Calls the listener after every put to the stream; gives the function that ends this. */
  onPut(stream: string, listener: () => void): () => void;
}
