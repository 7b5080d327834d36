import { mergeTotals, type Totals } from './accumulator.ts';
import type { Control, Counts } from './control.ts';
import { type Emission, type Job, paneMs, paneOf, type WindowedJob } from './job.ts';
import { outboxSk } from './layout.ts';
import type { ShardId, StreamRecord } from './record.ts';
import type { DecodedRecord } from './source.ts';

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

/** Bytes of a side record's data that are kept: several fit one item of 400 KB. */
const sideDataBytesMax = 96 * 1024;
/** Characters of a reason that are kept: it may quote what the record holds. */
const reasonLengthMax = 1_000;
/** Items of one transaction, with room left below the 100 that DynamoDB takes. */
const itemsMax = 90;
/** Bytes packed into one item, with room left below DynamoDB's 400 KB. */
const itemBytesMax = 300 * 1024;
/** Bytes of one transaction, with room left below DynamoDB's 4 MB. */
const sliceBytesMax = 2 * 1024 * 1024;

type SideOutput = 'quarantined' | 'late' | 'future';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The part of a batch that one transaction holds, and everything that follows from it: pure
 * bookkeeping, decided by the records and the control row alone, so that a retry decides the same.
 */
export class Slice<Event> {
  readonly deltas = new Map<number, Map<string, Totals>>();
  readonly identities = new Map<string, number>();
  /** By name in the outbox: of equal emissions one is enough. */
  readonly emissions = new Map<string, Emission>();
  readonly quarantined: SideRecord[] = [];
  readonly late: SideRecord[] = [];
  readonly future: SideRecord[] = [];
  readonly counts: Mutable<Counts>;
  /** Commit times of the events counted, where known. */
  readonly committedAtMs: number[] = [];
  firstSequenceNumber: string | undefined;
  lastSequenceNumber: string | undefined;
  watermarkMs: number;
  waiting: Control['waiting'];

  readonly #job: Job<Event>;
  readonly #shard: ShardId;
  readonly #tickSettleMs: number;
  readonly #sealedMs: number;
  readonly #isDuplicate: (id: string) => boolean;
  #bytes = 0;
  readonly #bytesOf: Record<SideOutput | 'identities', number> = {
    identities: 0,
    quarantined: 0,
    late: 0,
    future: 0,
  };
  readonly #bytesOfPane = new Map<number, number>();

  constructor(
    job: Job<Event>,
    shard: ShardId,
    tickSettleMs: number,
    control: Control,
    isDuplicate: (id: string) => boolean,
  ) {
    this.#job = job;
    this.#shard = shard;
    this.#tickSettleMs = tickSettleMs;
    this.#sealedMs = control.sealedMs;
    this.#isDuplicate = isDuplicate;
    this.counts = { ...control.counts };
    this.watermarkMs = control.watermarkMs;
    this.waiting = control.waiting;
  }

  /** Takes the record in unless the transaction is full; the first record always fits. */
  add({ record, decoded }: DecodedRecord<Event>): boolean {
    if (this.lastSequenceNumber !== undefined && this.#isFull()) return false;
    this.firstSequenceNumber ??= record.sequenceNumber;
    this.lastSequenceNumber = record.sequenceNumber;
    if (decoded.kind === 'tick') this.#tick(decoded.atMs, record.arrivalMs);
    if (decoded.kind === 'undecodable') this.#quarantine(record, decoded.reason);
    if (decoded.kind === 'event') {
      this.#event(record, decoded.event, decoded.id, decoded.committedAtMs);
    }
    return true;
  }

  /** Panes that took an event. */
  get panes(): ReadonlySet<number> {
    return new Set(this.identities.values());
  }

  #isFull(): boolean {
    const largest = Math.max(...Object.values(this.#bytesOf), ...this.#bytesOfPane.values());
    return (
      this.deltas.size + this.emissions.size >= itemsMax - 10 ||
      largest >= itemBytesMax - 2 * sideDataBytesMax ||
      this.#bytes >= sliceBytesMax
    );
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

  #event(record: StreamRecord, event: Event, id: string, committedAtMs: number | undefined): void {
    const job = this.#job;
    let timeMs: number;
    let effect: { key: string; totals: Totals } | { emissions: readonly Emission[] };
    try {
      timeMs = job.eventTimeMs(event);
      effect =
        job.kind === 'windowed'
          ? { key: job.key(event), totals: totalsOf(job, event) }
          : { emissions: job.evaluate(event) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#quarantine(record, `job ${job.name} cannot take the event: ${reason}`);
      return;
    }
    const pane = paneOf(job, timeMs);
    if (this.#isDuplicate(id) || this.identities.has(id)) {
      this.counts.duplicate += 1;
    } else if (timeMs > record.arrivalMs + job.maxFutureMs) {
      this.counts.future += 1;
      this.#side('future', record, `event time ${timeMs} is ahead of its arrival`);
    } else if (pane + paneMs(job) + job.allowedLatenessMs <= this.#sealedMs) {
      this.counts.late += 1;
      this.#side('late', record, `event time ${timeMs} is in a sealed window`);
    } else {
      this.counts.counted += 1;
      this.identities.set(id, pane);
      this.#grow('identities', id.length + 4);
      if (committedAtMs !== undefined) this.committedAtMs.push(committedAtMs);
      if ('totals' in effect) this.#accumulate(pane, effect.key, effect.totals);
      else
        for (const emission of effect.emissions) this.emissions.set(outboxSk(emission), emission);
    }
  }

  #accumulate(pane: number, key: string, totals: Totals): void {
    if (this.#job.kind !== 'windowed') return;
    const delta = this.deltas.get(pane) ?? new Map<string, Totals>();
    if (!delta.has(key)) {
      const bytes = key.length + 8 + totals.length * 12;
      this.#bytes += bytes;
      this.#bytesOfPane.set(pane, (this.#bytesOfPane.get(pane) ?? 0) + bytes);
    }
    delta.set(key, mergeTotals(Object.values(this.#job.accumulators), delta.get(key), totals));
    this.deltas.set(pane, delta);
  }

  #quarantine(record: StreamRecord, reason: string): void {
    this.counts.quarantined += 1;
    this.#side('quarantined', record, reason);
  }

  #side(output: SideOutput, record: StreamRecord, fullReason: string): void {
    const reason = fullReason.slice(0, reasonLengthMax);
    const truncated = record.data.length > sideDataBytesMax;
    const kept = truncated ? record.data.subarray(0, sideDataBytesMax) : record.data;
    const data = toBase64(kept);
    this.#grow(output, data.length + reason.length + 200);
    this[output].push({
      ...this.#shard,
      sequenceNumber: record.sequenceNumber,
      arrivalMs: record.arrivalMs,
      reason,
      data,
      truncated,
    });
  }

  #grow(output: SideOutput | 'identities', bytes: number): void {
    this.#bytesOf[output] += bytes;
    this.#bytes += bytes;
  }
}

function totalsOf<Event>(job: WindowedJob<Event>, event: Event): Totals {
  return Object.values(job.accumulators).map((accumulator) =>
    accumulator.add(accumulator.zero, event),
  );
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
