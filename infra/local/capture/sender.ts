import type { PreviousTransaction, RenderedRecord } from './render-record.ts';
import {
  recordBytes,
  requestBytesMax,
  requestRecordsMax,
  type StreamWriter,
} from './stream-writer.ts';

/** A committed transaction, all of whose records come before it. */
export interface CommitPoint {
  /** Position of the commit record. */
  readonly lsn: bigint;
  readonly commitTimeMs: number;
  readonly previous: PreviousTransaction | undefined;
}

export interface QueuedRecord extends RenderedRecord {
  /** Clock rows vouch for what was sent before them: see `takeRequest`. */
  readonly tick: boolean;
}

export type QueueEntry = QueuedRecord | { readonly commit: CommitPoint };

export interface SenderOptions {
  readonly writer: StreamWriter;
  readonly sent: (records: readonly QueuedRecord[]) => void;
  /** Every record up to this commit is acknowledged by the stream. */
  readonly delivered: (point: CommitPoint) => void;
  /** Too much is queued (true), or there is room again (false). */
  readonly congested: (congested: boolean) => void;
  readonly failed: (error: unknown) => void;
}

export interface Sender {
  push(entry: QueueEntry): void;
  /** Resolves when all that was pushed is acknowledged. */
  idle(): Promise<void>;
  readonly queued: number;
  readonly isIdle: boolean;
}

/** Bounds of memory, whatever the size of a transaction. */
const QUEUED_BYTES_MAX = 8 * 1024 * 1024;
const QUEUED_ENTRIES_MAX = 10_000;

/**
 * Sends what is queued, one request at a time, in order. A request leaves as soon as the one before
 * is acknowledged, with whatever has piled up by then; nothing waits for company.
 */
export function createSender(options: SenderOptions): Sender {
  const queue: QueueEntry[] = [];
  let bytes = 0;
  let running = false;
  let congested = false;
  let waiting: (() => void)[] = [];

  const checkRoom = () => {
    const full = bytes > QUEUED_BYTES_MAX || queue.length > QUEUED_ENTRIES_MAX;
    const roomy = bytes <= QUEUED_BYTES_MAX / 2 && queue.length <= QUEUED_ENTRIES_MAX / 2;
    if (congested ? !roomy : !full) return;
    congested = !congested;
    options.congested(congested);
  };

  async function run(): Promise<void> {
    await null; // whatever arrived in the same packet comes along
    while (queue.length > 0) {
      const { records, taken, commit } = takeRequest(queue);
      if (records.length > 0) await options.writer.put(records);
      queue.splice(0, taken);
      bytes -= records.reduce((sum, record) => sum + recordBytes(record), 0);
      if (records.length > 0) options.sent(records);
      if (commit !== undefined) options.delivered(commit);
      checkRoom();
    }
    running = false; // in the same step as the last look at the queue
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve();
  }

  return {
    push(entry) {
      queue.push(entry);
      if ('data' in entry) bytes += recordBytes(entry);
      checkRoom();
      if (running) return;
      running = true;
      run().catch(options.failed); // it stays `running`: this sender is done for
    },
    async idle() {
      if (running) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    get queued() {
      return queue.length;
    },
    get isIdle() {
      return !running;
    },
  };
}

/**
 * The longest beginning of the queue that may go into one request. Ticks never share one with data:
 * the entries of a request may fail one by one, and a tick that arrives before a row it vouches for
 * would make that row late. Since requests go one after the other, everything earlier is then
 * acknowledged.
 */
export function takeRequest(queue: readonly QueueEntry[]): {
  readonly records: readonly QueuedRecord[];
  /** Entries covered, commits included. */
  readonly taken: number;
  /** The last commit covered. */
  readonly commit: CommitPoint | undefined;
} {
  const records: QueuedRecord[] = [];
  let commit: CommitPoint | undefined;
  let bytes = 0;
  let taken = 0;
  for (const entry of queue) {
    if ('commit' in entry) {
      commit = entry.commit;
    } else {
      bytes += recordBytes(entry);
      const [first] = records;
      if (first !== undefined && (first.tick !== entry.tick || bytes > requestBytesMax)) break;
      if (records.length === requestRecordsMax) break;
      records.push(entry);
    }
    taken += 1;
  }
  return { records, taken, commit };
}
