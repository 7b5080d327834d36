import { mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { partitionPoint } from './partition-point.ts';
import type { KinesisRecord } from './record.ts';
import { RecordCache } from './record-cache.ts';
import { encodeRecords } from './record-frame.ts';
import { type ReadStart, Segment } from './segment.ts';
import type { SyncGroup } from './sync-group.ts';

export interface LogLimits {
  /** A file is not written to any more beyond this size. */
  readonly segmentBytesMax: number;
  /** Records beyond this size are read from disk. */
  readonly cacheBytesMax: number;
  /** The oldest files go beyond this size, whatever their age. */
  readonly shardBytesMax: number;
}

export interface ShardLogOptions {
  readonly directory: string;
  readonly shardIndex: number;
  readonly limits: LogLimits;
  readonly sync: SyncGroup;
  readonly warn: (message: string) => void;
}

const fileEnding = '.records';

/** The records of one shard: append-only files in a folder, and the newest records in memory. */
export class ShardLog {
  readonly #options: ShardLogOptions;
  readonly #segments: Segment[];
  readonly #cache: RecordCache;
  #last: KinesisRecord | undefined;
  /** The file that is written to, open from the first write on. */
  #active: { readonly segment: Segment; readonly descriptor: number } | undefined;
  #isOverSize = false;

  /** Opens what is there, or begins anew. A torn last write is cut; nobody was told of it. */
  constructor(options: ShardLogOptions) {
    const { directory, shardIndex, limits, warn } = options;
    mkdirSync(directory, { recursive: true });
    this.#options = options;
    this.#segments = readdirSync(directory)
      .filter((name) => name.endsWith(fileEnding))
      .sort()
      .map(
        (name) => new Segment(join(directory, name), name.slice(0, -fileEnding.length), shardIndex),
      );
    const torn = this.#segments.at(-1)?.cutTornTail() ?? 0;
    if (torn > 0) warn(`cut ${torn} bytes of an unfinished write from ${directory}`);
    // A last file that held nothing but the torn write.
    while (this.#segments.at(-1)?.bytes === 0) this.#remove(this.#segments.length - 1);
    this.#last = this.#segments.at(-1)?.last;
    this.#cache = new RecordCache(limits.cacheBytesMax, this.#last?.sequenceNumber);
  }

  get last(): KinesisRecord | undefined {
    return this.#last;
  }

  /**
   * Returns when the operating system has the bytes: a killed process loses nothing from then on.
   *
   * @param records in order, and above what is there.
   */
  append(records: readonly KinesisRecord[]): void {
    const first = records[0];
    if (first === undefined) return;
    this.#options.sync.check();
    const { segment, descriptor } = this.#activeFor(first);
    const encoded = encodeRecords(records);
    segment.append(descriptor, encoded.frames, encoded.records);
    this.#options.sync.written(descriptor);
    this.#cache.add(encoded.records);
    this.#last = encoded.records.at(-1);
  }

  /** The records from a start on; from memory where they all are there. */
  *read(start: ReadStart): Iterable<KinesisRecord> {
    const { after } = start;
    const last = this.#last?.sequenceNumber;
    if (last === undefined || (after !== undefined && after >= last)) return;
    if (this.#cache.covers(start)) {
      yield* this.#cache.read(start);
      return;
    }
    for (const segment of this.#segmentsFrom(start)) yield* segment.read(start);
  }

  /** Drops files whose records are all older than the time, and the oldest above the size limit. */
  trim(notBeforeMs: number): void {
    while (this.#segments.length > 1) {
      // All records of a file are at least as old as the first of the next one.
      const isOld = (this.#segments[1]?.firstArrivalMs ?? notBeforeMs) < notBeforeMs;
      if (!isOld && !this.#isAboveSize()) return;
      if (!isOld) this.#warnOfSize();
      this.#remove(0);
    }
  }

  async close(): Promise<void> {
    if (this.#active === undefined) return;
    await this.#options.sync.flushed();
    await this.discard();
  }

  /** Closes the file without waiting for the disk: the records are not wanted any more. */
  async discard(): Promise<void> {
    const descriptor = this.#active?.descriptor;
    this.#active = undefined;
    if (descriptor !== undefined) await this.#options.sync.discard(descriptor);
  }

  #activeFor(first: KinesisRecord): { segment: Segment; descriptor: number } {
    const { directory, shardIndex, limits } = this.#options;
    const isFull =
      (this.#segments.at(-1)?.bytes ?? limits.segmentBytesMax) >= limits.segmentBytesMax;
    if (isFull) {
      this.#endActive();
      const file = join(directory, first.sequenceNumber + fileEnding);
      this.#segments.push(new Segment(file, first.sequenceNumber, shardIndex));
    }
    const segment = this.#segments.at(-1);
    if (segment === undefined) throw new Error('Cannot write records: log has no file');
    this.#active ??= { segment, descriptor: segment.openForAppend() };
    return this.#active;
  }

  /** Later files must never reach the disk before earlier ones. */
  #endActive(): void {
    const active = this.#active;
    if (active === undefined) return;
    this.#active = undefined;
    this.#options.sync.finish(active.descriptor);
  }

  #segmentsFrom({ after, notBeforeMs }: ReadStart): readonly Segment[] {
    const isBefore = (segment: Segment): boolean =>
      (after !== undefined && segment.firstSequenceNumber <= after) ||
      segment.firstArrivalMs < notBeforeMs;
    return this.#segments.slice(Math.max(0, partitionPoint(this.#segments, isBefore) - 1));
  }

  #isAboveSize(): boolean {
    const bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    return bytes > this.#options.limits.shardBytesMax;
  }

  #warnOfSize(): void {
    if (this.#isOverSize) return;
    this.#isOverSize = true;
    const { directory, limits, warn } = this.#options;
    warn(
      `more than ${limits.shardBytesMax} bytes in ${directory}: the oldest records go before their retention ends`,
    );
  }

  #remove(index: number): void {
    const [segment] = this.#segments.splice(index, 1);
    if (segment !== undefined) unlinkSync(segment.file);
  }
}
