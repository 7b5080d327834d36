import type { StreamRecord } from './record.ts';

/** What a decoder makes of one record. */
export type Decoded<Event> =
  | {
      readonly kind: 'event';
      readonly event: Event;
      /** Equal for every copy of this event, whatever its position; copies have the same time. */
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
  /** One answer per record, in order. Pure: a record that comes again is decoded to the same. */
  decode(records: readonly StreamRecord[]): readonly Decoded<Event>[];
  /**
   * How long after a tick a newer one must arrive before the first is believed. Zero for a sender
   * that waits for every acknowledgement before it puts a tick; for one whose retries are out of
   * sight (DMS) the time within which it finishes them.
   */
  readonly tickSettleMs: number;
}

/**
 * Parses each batch once, however many sources and jobs look at it one after the other: they are
 * given the same array. The last batch is remembered until the next one comes, and not weakly:
 * values of a `WeakMap` survive collections of young memory, which costs more than the parsing.
 */
export function oncePerBatch<Parsed>(
  parse: (record: StreamRecord) => Parsed,
): (records: readonly StreamRecord[]) => readonly Parsed[] {
  let last: readonly StreamRecord[] | undefined;
  let parsed: readonly Parsed[] = [];
  return (records) => {
    if (records !== last) {
      parsed = records.map(parse);
      last = records;
    }
    return parsed;
  };
}
