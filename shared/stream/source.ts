import type { StreamRecord } from './record.ts';

/** What a decoder makes of one record. */
export type Decoded<Event> =
  | {
      readonly kind: 'event';
      readonly event: Event;
      /** Equal for every copy of this event, whatever its position in the stream. */
      readonly id: string;
      /** When the source committed it, epoch milliseconds: for latency only. */
      readonly committedAtMs: number | undefined;
    }
  /** The source vouches: every event before `atMs` was sent ahead of this record. */
  | { readonly kind: 'tick'; readonly atMs: number }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'undecodable'; readonly reason: string };

/** A stream that a job reads, and how its records become events. */
export interface Source<Event> {
  readonly stream: string;
  /** Pure: a record that comes again is decoded to the same. */
  decode(record: StreamRecord): Decoded<Event>;
  /**
   * How long after a tick a newer one must arrive before the first is believed. Zero for a sender
   * that waits for every acknowledgement before it puts a tick; for one whose retries are out of
   * sight (DMS) the time within which it finishes them.
   */
  readonly tickSettleMs: number;
}

/** A record beside what its source's decoder made of it. */
export interface DecodedRecord<Event> {
  readonly record: StreamRecord;
  readonly decoded: Decoded<Event>;
}
