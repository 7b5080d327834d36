import type { Emission } from './job.ts';
import type { Write } from './state-store.ts';

/** What became of an event; `full`: it belongs into the next transaction. */
export type Outcome =
  | 'counted'
  | 'duplicate'
  | 'late'
  | 'full'
  /** The job cannot take it. */
  | { readonly refused: string }
  /** Taking it failed half-way: these effects are of no more use. */
  | { readonly spoiledBy: string };

/** What the events of one transaction do beside moving the control row on. Decided by data alone. */
export interface Effects<Event> {
  take(event: Event, id: string, timeMs: number): Outcome;
  /** In the outbox with this transaction. */
  readonly emissions: readonly Emission[];
  /** Panes that took an event. */
  panes(): Iterable<number>;
  /** @param version the version of the control row that this transaction writes. */
  writes(version: number, range: SequenceRange, expiresAt: number): Write[];
  /** The transaction happened. */
  committed(version: number): void;
}

/** First and last sequence number of a transaction. */
export interface SequenceRange {
  readonly first: string;
  readonly last: string;
}

/** Items of one transaction, with room left below DynamoDB's 100 for what the slice adds. */
export const effectItemsMax = 85;
/** Bytes packed into one item, with room left below DynamoDB's 400 KB. */
export const itemBytesMax = 300 * 1024;
/** Bytes of one transaction, with room left below DynamoDB's 4 MB. */
export const transactionBytesMax = 2 * 1024 * 1024;
/** DynamoDB's partition keys take 2,048 bytes. */
export const keyLengthMax = 500;

/** Why a key cannot name state, if it cannot. */
export function keyFault(key: string): string | undefined {
  if (typeof key !== 'string') return `its key is no text but ${JSON.stringify(key)}`;
  if (key.length > keyLengthMax) return `its key is longer than ${keyLengthMax} characters`;
  return undefined;
}

/** What an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
