import type { Job } from '../job.ts';
import { compareSequenceNumbers, type ShardId, type StreamRecord } from '../record.ts';
import type { Decoded } from '../source.ts';
import type { Control, Counts } from '../state/control.ts';
import { type Effects, itemBytesMax, reasonOf, transactionBytesMax } from './effects.ts';

/** A record that went to a side output, with what is needed to find and understand it. */
export interface SideRecord {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly arrivalMs: number;
  readonly reason: string;
  /** The record as it came, base64; cut to {@link sideDataBytesMax}. */
  readonly data: string;
  readonly truncated: boolean;
}

/** Bytes of a side record's data that are kept: several fit one item. */
const sideDataBytesMax = 96 * 1024;
/** Characters of a reason that are kept: it may quote what the record holds. */
const reasonLengthMax = 1_000;

type SideOutput = 'quarantined' | 'late' | 'future';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The part of a batch that one transaction holds, and everything that follows from it: pure
 * bookkeeping, decided by the records and by stored state alone, so that a retry decides the same.
 */
export class Slice<Event> {
  readonly quarantined: SideRecord[] = [];
  readonly late: SideRecord[] = [];
  readonly future: SideRecord[] = [];
  readonly counts: Mutable<Counts>;
  /** Commit times of the events counted, where known. */
  readonly committedAtMs: number[] = [];
  countedEvents = 0;
  firstSequenceNumber: string | undefined;
  lastSequenceNumber: string | undefined;
  watermarkMs: number;
  waiting: Control['waiting'];
  /** It ended before an event that has to wait for other shards. */
  isHeld = false;
  /** Set when taking this record failed half-way: the slice is of no more use. */
  spoiled: { readonly sequenceNumber: string; readonly reason: string } | undefined;

  readonly #job: Job<Event>;
  readonly #shard: ShardId;
  readonly #tickSettleMs: number;
  readonly #effects: Effects<Event>;
  readonly #refused: ReadonlyMap<string, string>;
  readonly #bytesOf: Record<SideOutput, number> = { quarantined: 0, late: 0, future: 0 };

  /** @param refused reasons, by sequence number, of records known to spoil a slice. */
  constructor(
    job: Job<Event>,
    shard: ShardId,
    tickSettleMs: number,
    control: Control,
    effects: Effects<Event>,
    refused: ReadonlyMap<string, string>,
  ) {
    this.#job = job;
    this.#shard = shard;
    this.#tickSettleMs = tickSettleMs;
    this.#effects = effects;
    this.#refused = refused;
    this.counts = { ...control.counts };
    this.watermarkMs = control.watermarkMs;
    this.waiting = control.waiting;
  }

  /** Takes the record in unless the transaction is full; the first record always fits. */
  add(record: StreamRecord, decoded: Decoded<Event>): boolean {
    if (decoded.kind === 'event') {
      if (!this.#takeEvent(record, decoded.event, decoded.id, decoded.committedAtMs)) return false;
    } else if (decoded.kind === 'tick') {
      if (!this.#takeTick(record, decoded.atMs)) return false;
    } else if (decoded.kind === 'undecodable') {
      if (this.#isFullOf('quarantined')) return false;
      this.#quarantine(record, decoded.reason);
    }
    this.firstSequenceNumber ??= record.sequenceNumber;
    // The highest, should a source repeat a record within a batch.
    const last = this.lastSequenceNumber;
    const isHighest = last === undefined || compareSequenceNumbers(record.sequenceNumber, last) > 0;
    if (isHighest) this.lastSequenceNumber = record.sequenceNumber;
    return true;
  }

  /** One wrong clock must not close every window. */
  #takeTick(record: StreamRecord, atMs: number): boolean {
    const { arrivalMs } = record;
    if (atMs <= arrivalMs + this.#job.maxFutureMs) {
      this.#tick(atMs, arrivalMs);
      return true;
    }
    return this.#putAside(record, `tick ${atMs} is ahead of its arrival`);
  }

  #putAside(record: StreamRecord, reason: string): boolean {
    if (this.#isFullOf('future')) return false;
    this.counts.future += 1;
    this.#side('future', record, reason);
    return true;
  }

  /**
   * A tick vouches for what was sent before it. Where the sender's retries are out of sight it is
   * believed once a newer one has arrived `tickSettleMs` later; an equal or older one, which a
   * replay brings, restarts the wait.
   */
  #tick(atMs: number, arrivalMs: number): void {
    if (this.#tickSettleMs === 0) {
      this.watermarkMs = Math.max(this.watermarkMs, atMs - this.#job.watermarkDelayMs);
      return;
    }
    const waiting = this.waiting;
    const settled = waiting && arrivalMs - waiting.arrivalMs >= this.#tickSettleMs;
    if (waiting && settled && atMs > waiting.atMs) {
      this.watermarkMs = Math.max(this.watermarkMs, waiting.atMs - this.#job.watermarkDelayMs);
    }
    if (!waiting || settled || atMs <= waiting.atMs) this.waiting = { atMs, arrivalMs };
  }

  #takeEvent(
    record: StreamRecord,
    event: Event,
    id: string,
    committedAtMs: number | undefined,
  ): boolean {
    // Mostly nothing was refused; then no number needs to be hashed.
    const refusal = this.#refused.size > 0 ? this.#refused.get(record.sequenceNumber) : undefined;
    if (refusal !== undefined) return this.#refuse(record, refusal);
    let timeMs: number;
    try {
      timeMs = this.#job.eventTimeMs(event);
    } catch (error) {
      return this.#refuse(record, reasonOf(error));
    }
    if (!Number.isSafeInteger(timeMs)) {
      return this.#refuse(record, `its time is no number of milliseconds but ${timeMs}`);
    }
    if (timeMs > record.arrivalMs + this.#job.maxFutureMs) {
      return this.#putAside(record, `event time ${timeMs} is ahead of its arrival`);
    }
    const outcome = this.#effects.take(event, id, timeMs);
    if (outcome === 'counted') {
      this.counts.counted += 1;
      this.countedEvents += 1;
      if (committedAtMs !== undefined) this.committedAtMs.push(committedAtMs);
    } else if (outcome === 'duplicate') {
      this.counts.duplicate += 1;
    } else if (outcome === 'late') {
      if (this.#isFullOf('late')) return false;
      this.counts.late += 1;
      this.#side('late', record, `event time ${timeMs} is in a sealed window`);
    } else if (outcome === 'full' || outcome === 'held') {
      this.isHeld = outcome === 'held';
      return false;
    } else if ('refused' in outcome) {
      return this.#refuse(record, outcome.refused);
    } else {
      this.spoiled = { sequenceNumber: record.sequenceNumber, reason: outcome.spoiledBy };
      return false;
    }
    return true;
  }

  #refuse(record: StreamRecord, reason: string): boolean {
    if (this.#isFullOf('quarantined')) return false;
    this.#quarantine(record, `job ${this.#job.name} cannot take the event: ${reason}`);
    return true;
  }

  #quarantine(record: StreamRecord, reason: string): void {
    this.counts.quarantined += 1;
    this.#side('quarantined', record, reason);
  }

  #isFullOf(output: SideOutput): boolean {
    const { quarantined, late, future } = this.#bytesOf;
    return (
      this.#bytesOf[output] >= itemBytesMax - 2 * sideDataBytesMax ||
      quarantined + late + future >= transactionBytesMax / 2
    );
  }

  #side(output: SideOutput, record: StreamRecord, fullReason: string): void {
    const reason = fullReason.slice(0, reasonLengthMax);
    const truncated = record.data.length > sideDataBytesMax;
    const kept = truncated ? record.data.subarray(0, sideDataBytesMax) : record.data;
    const data = toBase64(kept);
    this.#bytesOf[output] += data.length + reason.length + 200;
    this[output].push({
      ...this.#shard,
      sequenceNumber: record.sequenceNumber,
      arrivalMs: record.arrivalMs,
      reason,
      data,
      truncated,
    });
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
