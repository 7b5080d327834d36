import { partitionPoint } from './partition-point.ts';
import { type KinesisRecord, recordBytes } from './record.ts';
import type { ReadStart } from './segment.ts';

/** What an object with its strings takes beside its data, roughly. */
const overheadBytes = 256;

/** The newest records of a shard, in memory, as many as fit. */
export class RecordCache {
  readonly #bytesMax: number;
  readonly #records: KinesisRecord[] = [];
  /** Records before this one have left; they are cut off now and then, not one by one. */
  #head = 0;
  #bytes = 0;
  /** The newest record that is only on disk. */
  #lastLeft: string | undefined;

  /** @param lastOnDisk number of the newest record already on disk, if there is one. */
  constructor(bytesMax: number, lastOnDisk: string | undefined) {
    this.#bytesMax = bytesMax;
    this.#lastLeft = lastOnDisk;
  }

  add(records: readonly KinesisRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += recordBytes(record) + overheadBytes;
    }
    while (this.#bytes > this.#bytesMax) {
      const leaving = this.#records[this.#head];
      if (leaving === undefined) break;
      this.#bytes -= recordBytes(leaving) + overheadBytes;
      this.#lastLeft = leaving.sequenceNumber;
      this.#head += 1;
    }
    if (this.#head > 1_024 && this.#head > this.#records.length / 2) {
      this.#records.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Whether everything from this start on is here. */
  covers({ after }: ReadStart): boolean {
    return this.#lastLeft === undefined || (after !== undefined && after >= this.#lastLeft);
  }

  *read({ after, notBeforeMs }: ReadStart): Iterable<KinesisRecord> {
    const isBefore = (record: KinesisRecord): boolean =>
      (after !== undefined && record.sequenceNumber <= after) ||
      record.approximateArrivalTimestamp < notBeforeMs;
    const first = partitionPoint(this.#records, isBefore, this.#head);
    for (let index = first; index < this.#records.length; index += 1) {
      const record = this.#records[index];
      if (record !== undefined) yield record;
    }
  }
}
