/** Where a record lies. Sequence numbers are decimal text: they exceed 2^53 and rise per shard. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly data: Uint8Array;
  /** When the stream took it, epoch milliseconds: data of the record, so a retry decides the same. */
  readonly arrivalMs: number;
}

/** One shard of one stream; `stream` is the name that the job's sources use. */
export interface ShardId {
  readonly stream: string;
  readonly shard: string;
}

/** Compares sequence numbers as the integers they are: negative when `a` comes first. */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
