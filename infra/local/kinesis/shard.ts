import type { HashRange } from './hash-key.ts';
import type { KinesisRecord } from './record.ts';
import { recordBytes } from './record.ts';
import type { ReadStart } from './segment.ts';
import { parseSequenceNumber, sequenceNumber, sequencePrefix } from './sequence-number.ts';
import type { ShardLog } from './shard-log.ts';
import { hashRangeOf, type ShardState, shardIdOf, startingSequenceNumber } from './stream-state.ts';
import { WriteLimits } from './write-limits.ts';

export interface ReadLimits {
  readonly limit: number;
  readonly bytesMax: number;
}

export interface ReadResult {
  readonly records: readonly KinesisRecord[];
  /** The shard is closed and there is nothing behind these records, now or ever. */
  readonly endOfShard: boolean;
  readonly millisBehindLatest: number;
}

/** A record before it has its place. */
export interface NewRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** One shard: gives out sequence numbers and reads its log. */
export class Shard {
  readonly id: string;
  readonly range: HashRange;
  readonly limits = new WriteLimits();
  readonly log: ShardLog;
  #state: ShardState;
  readonly #prefix: string;
  #counter = 0;

  /** @param stampMs the newest stamp drawn: no number of this shard has a newer one. */
  constructor(state: ShardState, stampMs: number, log: ShardLog) {
    this.id = shardIdOf(state.index);
    this.range = hashRangeOf(state);
    this.log = log;
    this.#state = state;
    this.#prefix = sequencePrefix(stampMs, state.index);
  }

  get state(): ShardState {
    return this.#state;
  }

  get isClosed(): boolean {
    return this.#state.closed !== undefined;
  }

  /** Takes over a state that differs in being closed. */
  become(state: ShardState): void {
    this.#state = state;
  }

  /** Of the newest record, or the shard's beginning. */
  get latestSequenceNumber(): string {
    return this.log.last?.sequenceNumber ?? startingSequenceNumber(this.#state);
  }

  /**
   * Puts records behind all others, in order.
   *
   * @returns their sequence numbers, once the operating system has the records.
   */
  put(records: readonly NewRecord[], nowMs: number): string[] {
    // The clock may be set back; within a shard time does not.
    const arrivalMs = Math.max(nowMs, this.log.last?.approximateArrivalTimestamp ?? 0);
    const placed = records.map(({ partitionKey, data }, index) => ({
      sequenceNumber: sequenceNumber(this.#prefix, this.#counter + index + 1),
      partitionKey,
      data,
      approximateArrivalTimestamp: arrivalMs,
    }));
    this.log.append(placed);
    this.#counter += placed.length;
    return placed.map(({ sequenceNumber: number }) => number);
  }

  /** Reads at least one record where there is one, whatever its size. */
  read(start: ReadStart, { limit, bytesMax }: ReadLimits, nowMs: number): ReadResult {
    const records: KinesisRecord[] = [];
    let bytes = 0;
    for (const record of this.log.read(start)) {
      const size = recordBytes(record);
      const isFull = records.length === limit || (records.length > 0 && bytes + size > bytesMax);
      if (isFull) {
        const millisBehindLatest = Math.max(0, nowMs - record.approximateArrivalTimestamp);
        return { records, endOfShard: false, millisBehindLatest };
      }
      records.push(record);
      bytes += size;
    }
    return { records, endOfShard: this.isClosed, millisBehindLatest: 0 };
  }

  /** Whether a number can stand in this shard: its own, from the beginning to the end. */
  includes(number: string): boolean {
    const position = parseSequenceNumber(number);
    const ending = this.#state.closed?.endingSequenceNumber;
    return (
      position?.shardIndex === this.#state.index &&
      number >= startingSequenceNumber(this.#state) &&
      (ending === undefined || number <= ending)
    );
  }
}
