import { MemoryStore } from '../../shared/state/memory-store.ts';
import { Closer } from '../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../shared/stream/commit/commit.ts';
import type { Emission, WindowedJob } from '../../shared/stream/job.ts';
import { fixedShards } from '../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../shared/stream/source.ts';
import {
  blockPartition,
  outboxPartition,
  panePartition,
  resultPartition,
} from '../../shared/stream/state/layout.ts';
import type { ItemKey } from '../../shared/stream/state-store.ts';
import { lastEndOf, startOf, type WindowBounds } from '../../shared/stream/window.ts';

/** An event of the past. */
export interface PastEvent<Event> {
  /** Equal for copies. */
  readonly id: string;
  readonly event: Event;
}

/** What a job says of a window. */
interface ToldWindow extends WindowBounds {
  readonly data: unknown;
}

const eventsOfBatch = 10_000;
/** Fewer than the engine holds open. */
const panesOfBatch = 1_000;
const shard = 'past';
const wholeRange = { from: ' ', to: '~' };

/**
 * Plays a windowed job over events of the past on the engine itself, in memory: what lies behind is
 * dropped, so that only open windows take room.
 *
 * @param pages events in order of their time.
 * @returns every window that holds anything, in order, as soon as time has passed its end.
 */
export async function* playWindows<Event>(
  declared: WindowedJob<Event, Record<never, never>>,
  pages: AsyncIterable<readonly PastEvent<Event>[]>,
): AsyncIterable<ToldWindow> {
  // What comes in order waits for nothing, and nothing is early or late.
  const inOrder = { watermarkDelayMs: 0, allowedLatenessMs: 0, preliminaryEveryMs: undefined };
  const job = { ...declared, ...inOrder };
  const past = new Past(job);
  const { window } = job;
  let batch: PastEvent<Event>[] = [];
  let nowMs = Number.NEGATIVE_INFINITY;
  let endMs = Number.POSITIVE_INFINITY;
  for await (const page of pages) {
    for (const one of page) {
      const atMs = job.eventTimeMs(one.event);
      if (batch.length === 0) endMs = atMs + panesOfBatch * window.paneMs;
      if (batch.length >= eventsOfBatch || atMs >= endMs) {
        yield* await past.pass(batch, nowMs);
        batch = [];
        endMs = atMs + panesOfBatch * window.paneMs;
      }
      batch.push(one);
      nowMs = atMs;
    }
  }
  if (nowMs === Number.NEGATIVE_INFINITY) return;
  const pane = startOf(nowMs, window.paneMs, window.offsetMs);
  yield* await past.pass(batch, lastEndOf(window, pane));
}

/** One job, its state, and how far its time has come. */
class Past<Event> {
  readonly #job: WindowedJob<Event, Record<never, never>>;
  readonly #store = new MemoryStore();
  readonly #committer: ShardCommitter<Event>;
  readonly #closer: Closer<Event>;
  readonly #from: { readonly stream: string; readonly shard: string };
  #openPanes = new Set<number>();
  #sequence = 0;

  constructor(job: WindowedJob<Event, Record<never, never>>) {
    const [source] = job.sources;
    if (!source) throw new RangeError(`Cannot play ${job.name}: it has no source`);
    this.#job = job;
    this.#from = { stream: source.stream, shard };
    const parts = {
      store: this.#store,
      shards: fixedShards(shard),
      now: () => 0,
      backOff: async () => {},
    };
    this.#committer = new ShardCommitter(job, this.#from, parts);
    this.#closer = new Closer(job, parts);
  }

  /** Takes events in, moves time on behind them, and says what has closed by then. */
  async pass(events: readonly PastEvent<Event>[], tickMs: number): Promise<readonly ToldWindow[]> {
    const { paneMs, offsetMs } = this.#job.window;
    for (const { event } of events) {
      this.#openPanes.add(startOf(this.#job.eventTimeMs(event), paneMs, offsetMs));
    }
    const decoded = [
      ...events.map(
        (one): Decoded<Event> => ({
          ...{ kind: 'event', id: one.id, event: one.event, committedAtMs: undefined },
        }),
      ),
      { kind: 'tick', atMs: tickMs } as const,
    ];
    const records = decoded.map(() => {
      this.#sequence += 1;
      return { sequenceNumber: String(this.#sequence), data: nothing, arrivalMs: tickMs };
    });
    const { quarantinedRecords } = await this.#committer.commit(records, decoded);
    if (quarantinedRecords > 0) {
      throw new Error(`Cannot play ${this.#job.name}: it refused ${quarantinedRecords} events`);
    }
    const { emissions, failure, doneMs } = await this.#closer.close();
    if (failure) throw failure;
    this.#committer.forget(doneMs);
    await this.#drop(doneMs);
    return emissions.flatMap(toldWindow).sort((a, b) => a.startMs - b.startMs);
  }

  /** What nobody reads any more: identities are remembered by the committer. */
  async #drop(doneMs: number): Promise<void> {
    const job = this.#job;
    const passed = [...this.#openPanes].filter((pane) => lastEndOf(job.window, pane) <= doneMs);
    for (const pane of passed) this.#openPanes.delete(pane);
    const partitions = [
      ...passed.map((pane) => panePartition(job, pane)),
      blockPartition(job, this.#from),
      outboxPartition(job),
      resultPartition(job),
    ];
    for (const partition of partitions) {
      const items = await this.#store.query(partition, wholeRange);
      await this.#store.remove(items.map(({ sk }): ItemKey => ({ ...partition, sk })));
    }
  }
}

const nothing = new Uint8Array();

function toldWindow({ window, data }: Emission): ToldWindow[] {
  return window ? [{ ...window, data }] : [];
}
