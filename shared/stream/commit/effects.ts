import { type Emission, keysPerEventMax } from '../job.ts';
import type { Write } from '../state-store.ts';

/**
 * What became of an event. `full`: it belongs into the next transaction. `held`: into a later batch,
 * when the sources that lag behind have caught up.
 */
export type Outcome =
  | 'counted'
  | 'duplicate'
  | 'late'
  | 'full'
  | 'held'
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
/** As long as a partition key of Kinesis may be; in UTF-8 it leaves room in DynamoDB's sort keys. */
export const keyLengthMax = 256;

/** Why a key cannot name state, if it cannot. */
export function keyFault(key: string): string | undefined {
  if (typeof key !== 'string') return `its key is no text but ${JSON.stringify(key)}`;
  if (key.length > keyLengthMax) return `its key is longer than ${keyLengthMax} characters`;
  // Half a surrogate pair has no bytes of its own: two such keys would name one item.
  if (!key.isWellFormed()) return `its key is no well-formed text but ${JSON.stringify(key)}`;
  return undefined;
}

/** Why the keys of one event cannot name state, if they cannot. */
export function keysFault(keys: readonly string[]): string | undefined {
  if (keys.length === 0) return 'it has no key';
  if (keys.length > keysPerEventMax) {
    return `it has ${keys.length} keys, of ${keysPerEventMax} at most`;
  }
  if (new Set(keys).size < keys.length) return `its keys repeat: ${JSON.stringify(keys)}`;
  for (const key of keys) {
    const fault = keyFault(key);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Why emissions cannot be about an entity, if they cannot. */
export function entityFault(entity: string): string | undefined {
  return entity === '' ? 'what it is about has no name' : keyFault(entity);
}

/** What an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
