import type { Bell } from './bell.ts';
import { eventRecordBytes, recordsBytesMax } from './kinesis-event.ts';
import type { KinesisRecord } from './kinesis-reader.ts';
import type { MappingContext } from './mapping-context.ts';
import type { Pace } from './pace.ts';

/** A stretch of a shard that was read: the records for the function, and where it ends. */
export interface Batch {
  readonly records: readonly KinesisRecord[];
  /** Last record looked at, wanted or not; undefined: none yet in this shard. */
  readonly position: string | undefined;
  /** Records looked at and not wanted. */
  readonly filtered: number;
  readonly endOfShard: boolean;
}

export interface BatchSource {
  readonly shardId: string;
  /** Records that arrived before this are passed over. */
  readonly startMs: number | undefined;
  readonly bell: Bell;
  readonly pace: Pace;
  /** Told how far the reader is behind the end of the shard. */
  readonly onRead: (millisBehindLatest: number) => void;
}

/** Without a put the shard is still looked at this often, as Lambda's pollers do. */
const pollMs = 1000;

/** Lambda asks Kinesis for at most this much at once: the limit of GetRecords. */
const readBytesMax = 10 * 1024 * 1024;

/**
 * Reads on after a position until there is something to do: the batch is full by count or by bytes,
 * its window is over, the shard ends, or a stretch held nothing the function wants.
 * Returns the position unmoved when the mapping stops.
 */
export async function readBatch(
  context: MappingContext,
  source: BatchSource,
  after: string | undefined,
): Promise<Batch> {
  const { mapping, kinesis, signal } = context;
  const { shardId, startMs, bell, pace } = source;
  const records: KinesisRecord[] = [];
  let position = after;
  let bytes = 0;
  let filtered = 0;
  let closesMs = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    await pace.turn();
    if (signal.aborted) break;
    const rings = bell.rings();
    const limit = mapping.batchSize - records.length;
    const bounds = { limit, bytesMax: readBytesMax };
    const read = await kinesis.read(mapping.streamName, shardId, position, bounds);
    source.onRead(read.millisBehindLatest);
    const isAtTip = read.records.length < limit && read.millisBehindLatest === 0;
    if (read.records.length > 0 && isAtTip) pace.reachedTip();
    for (const record of read.records) {
      const early = startMs !== undefined && record.approximateArrivalTimestamp < startMs;
      if (early || !mapping.filter(record)) filtered += 1;
      else {
        const size = eventRecordBytes(mapping, shardId, record);
        if (records.length > 0 && bytes + size > recordsBytesMax) {
          return { records, position, filtered, endOfShard: false };
        }
        if (records.length === 0) closesMs = context.now() + mapping.batchingWindowMs;
        records.push(record);
        bytes += size;
      }
      position = record.sequenceNumber;
    }
    const { endOfShard } = read;
    const isFull = records.length >= mapping.batchSize;
    const isNothing = records.length === 0 && filtered > 0;
    if (isFull || isNothing || endOfShard || context.now() >= closesMs) {
      return { records, position, filtered, endOfShard };
    }
    // A batch with a window goes on reading at once while there is more to read.
    if (read.records.length === 0) {
      await bell.wait(rings, Math.min(pollMs, closesMs - context.now()), signal);
    }
  }
  return { records: [], position: after, filtered: 0, endOfShard: false };
}
