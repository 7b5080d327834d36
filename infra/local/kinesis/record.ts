/** A record as it lies in a shard. */
export interface KinesisRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** When it was put, in epoch milliseconds; never falls within a shard. */
  readonly approximateArrivalTimestamp: number;
}

/** What a limit on the size of an answer counts. */
export function recordBytes(record: KinesisRecord): number {
  return record.data.length + Buffer.byteLength(record.partitionKey);
}
