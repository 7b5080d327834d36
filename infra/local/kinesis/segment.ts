import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { partitionPoint } from './partition-point.ts';
import type { KinesisRecord } from './record.ts';
import { decodeFrame, frameBytes } from './record-frame.ts';

/** Where a reader starts: after a number, and not before a time. */
export interface ReadStart {
  readonly after: string | undefined;
  readonly notBeforeMs: number;
}

interface IndexEntry {
  readonly sequenceNumber: string;
  readonly arrivalMs: number;
  readonly offset: number;
}

/** What a file holds, up to the end of its last whole record. */
interface Contents {
  readonly index: IndexEntry[];
  readonly last: KinesisRecord | undefined;
  readonly end: number;
}

const blockBytes = 256 * 1024;
/** One entry of the index for so many bytes of the file. */
const indexStepBytes = 64 * 1024;

/** One file of a shard's log: whole records, one after the other, found by a sparse index. */
export class Segment {
  readonly file: string;
  readonly firstSequenceNumber: string;
  readonly #shardIndex: number;
  #bytes: number;
  /** Built from the file at the first read, unless the segment was written by this process. */
  #index: IndexEntry[] | undefined;
  #last: KinesisRecord | undefined;
  /** Set while the file may end in a part of a record. */
  #isBroken = false;

  constructor(file: string, firstSequenceNumber: string, shardIndex: number) {
    this.file = file;
    this.firstSequenceNumber = firstSequenceNumber;
    this.#shardIndex = shardIndex;
    this.#bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the first record arrived; reads no more of the file than its beginning. */
  get firstArrivalMs(): number {
    const known = this.#index?.[0]?.arrivalMs;
    if (known !== undefined) return known;
    for (const { record } of this.#frames(0)) return record.approximateArrivalTimestamp;
    return Number.POSITIVE_INFINITY;
  }

  /** The record at the end; reads the file if need be. */
  get last(): KinesisRecord | undefined {
    this.#loadIndex();
    return this.#last;
  }

  /** Opens the file for appending and makes its name durable. */
  openForAppend(): number {
    const descriptor = openSync(this.file, 'a+');
    if (process.platform !== 'win32') {
      const folder = openSync(dirname(this.file), 'r');
      fsyncSync(folder);
      closeSync(folder);
    }
    return descriptor;
  }

  /**
   * Writes the frames of these records to the open file, whole or not at all.
   *
   * @throws Error when the system refuses the bytes; the file is as before.
   */
  append(descriptor: number, frames: Buffer, records: readonly KinesisRecord[]): void {
    const index = this.#loadIndex();
    if (this.#isBroken) {
      throw new Error(`Cannot write records: file ends in a broken one: received ${this.file}`);
    }
    try {
      for (let written = 0; written < frames.length; ) {
        written += writeSync(descriptor, frames, written);
      }
    } catch (cause) {
      this.#isBroken = true;
      ftruncateSync(descriptor, this.#bytes);
      this.#isBroken = false;
      throw new Error(`Cannot write records: file refuses them: received ${this.file}`, { cause });
    }
    const first = records[0];
    if (first !== undefined) addToIndex(index, first, this.#bytes);
    this.#last = records.at(-1);
    this.#bytes += frames.length;
  }

  /**
   * Cuts what follows the last whole record: the write that was under way when the process or the
   * machine stopped.
   *
   * @returns the number of bytes cut.
   */
  cutTornTail(): number {
    const contents = this.#scan();
    const { end } = contents;
    const torn = this.#bytes - end;
    if (torn > 0) {
      const descriptor = openSync(this.file, 'r+');
      ftruncateSync(descriptor, end);
      fsyncSync(descriptor);
      closeSync(descriptor);
      this.#bytes = end;
    }
    this.#take(contents);
    return torn;
  }

  /** The records from a start on, in order, read from the file as they are asked for. */
  *read(start: ReadStart): Iterable<KinesisRecord> {
    for (const { record } of this.#frames(this.#offsetFor(start))) {
      const isAfter = start.after === undefined || record.sequenceNumber > start.after;
      if (isAfter && record.approximateArrivalTimestamp >= start.notBeforeMs) yield record;
    }
  }

  #offsetFor({ after, notBeforeMs }: ReadStart): number {
    const index = this.#loadIndex();
    const isBefore = (entry: IndexEntry): boolean =>
      (after !== undefined && entry.sequenceNumber <= after) || entry.arrivalMs < notBeforeMs;
    return index[partitionPoint(index, isBefore) - 1]?.offset ?? 0;
  }

  #loadIndex(): IndexEntry[] {
    if (this.#index !== undefined) return this.#index;
    const contents = this.#scan();
    if (contents.end < this.#bytes) {
      throw new Error(
        `Cannot read records: file is damaged at byte ${contents.end} of ${this.#bytes}: received ${this.file}`,
      );
    }
    return this.#take(contents);
  }

  #take({ index, last }: Contents): IndexEntry[] {
    this.#index = index;
    this.#last = last;
    return index;
  }

  #scan(): Contents {
    const index: IndexEntry[] = [];
    let last: KinesisRecord | undefined;
    let end = 0;
    for (const frame of this.#frames(0)) {
      addToIndex(index, frame.record, end);
      // Without its data, so that the block it was read in can go.
      last = { ...frame.record, data: Buffer.alloc(0) };
      end = frame.end;
    }
    return { index, last, end };
  }

  *#frames(from: number): Iterable<{ record: KinesisRecord; end: number }> {
    if (this.#bytes === 0) return;
    const descriptor = openSync(this.file, 'r');
    try {
      let blockStart = from;
      let bytesWanted = blockBytes;
      while (blockStart < this.#bytes) {
        const length = Math.min(bytesWanted, this.#bytes - blockStart);
        const block = readBlock(descriptor, blockStart, length);
        let at = 0;
        for (
          let frame = decodeFrame(block, at, this.#shardIndex);
          frame !== undefined;
          frame = decodeFrame(block, at, this.#shardIndex)
        ) {
          at = frame.end;
          yield { record: frame.record, end: blockStart + at };
        }
        const needed = frameBytes(block, at) ?? blockBytes;
        const isAtEnd = block.length < length || blockStart + length >= this.#bytes;
        // Nothing whole here: damaged, cut short, or only longer than the block.
        if (at === 0 && (needed <= block.length || isAtEnd)) return;
        blockStart += at;
        bytesWanted = Math.max(blockBytes, needed);
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

function addToIndex(index: IndexEntry[], record: KinesisRecord, offset: number): void {
  const previous = index.at(-1);
  if (previous !== undefined && offset - previous.offset < indexStepBytes) return;
  index.push({
    sequenceNumber: record.sequenceNumber,
    arrivalMs: record.approximateArrivalTimestamp,
    offset,
  });
}

function readBlock(descriptor: number, position: number, length: number): Buffer {
  const block = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const bytes = readSync(descriptor, block, read, length - read, position + read);
    if (bytes === 0) break;
    read += bytes;
  }
  return block.subarray(0, read);
}
