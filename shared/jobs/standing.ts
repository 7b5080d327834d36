import { takesInAll } from '../stream/close/cut.ts';
import { toTold } from '../stream/close/results.ts';
import { SessionTimers } from '../stream/close/session-timers.ts';
import type { Job } from '../stream/job.ts';
import type { EngineParts } from '../stream/parts.ts';
import { compareSequenceNumbers } from '../stream/record.ts';
import { ancestorsOf } from '../stream/shard-reader.ts';
import { type Control, newJobRow, unpackControl } from '../stream/state/control.ts';
import {
  controlKey,
  controlRows,
  jobPartition,
  type Run,
  resultKey,
  shardOfControl,
} from '../stream/state/layout.ts';
import { readJobRow } from '../stream/state/operate.ts';
import type { StateStore } from '../stream/state-store.ts';
import { panesSeen, type WindowBounds } from '../stream/window.ts';
import { historyShard } from './run-shards.ts';

/** How far a run had come at a moment. */
export interface Standing {
  /** Last sequence number with an effect, by the sort key of the shard's control row. */
  readonly read: ReadonlyMap<string, string>;
  readonly floorMs: number;
}

/** How far a run has come now: all that it has said until now stands on this. */
export async function readStanding(store: StateStore, run: Run): Promise<Standing> {
  const read = new Map<string, string>();
  for (const [sk, { sequenceNumber }] of await readControls(store, run)) {
    if (sequenceNumber !== undefined && shardOfControl(sk).shard !== historyShard) {
      read.set(sk, sequenceNumber);
    }
  }
  const { floorMs } = (await readJobRow(store, run)) ?? newJobRow;
  return { read, floorMs };
}

/**
 * What another generation of a job has taken and told, so that what one says of it is no news. Holds
 * for one moment: make one for each look.
 */
export class PassedBy<Event> {
  readonly #job: Job<Event>;
  readonly #parts: EngineParts;
  readonly #controls: ReadonlyMap<string, Control>;

  private constructor(job: Job<Event>, parts: EngineParts, controls: ReadonlyMap<string, Control>) {
    this.#job = job;
    this.#parts = parts;
    this.#controls = controls;
  }

  /** @param job in the generation that is looked at. */
  static async of<Event>(job: Job<Event>, parts: EngineParts): Promise<PassedBy<Event>> {
    return new PassedBy(job, parts, await readControls(parts.store, job));
  }

  /** Whether it has taken every record that a run had when it stood there, and its timers have fired. */
  async hasTaken({ read, floorMs }: Standing): Promise<boolean> {
    for (const [sk, sequenceNumber] of read) {
      if (!(await this.#isRead(sk, sequenceNumber))) return false;
    }
    const job = this.#job;
    if (job.kind !== 'session') return true;
    // With these records each session that had ended by then has a timer, until it is told.
    return !(await new SessionTimers(job, this.#parts).isDue(floorMs));
  }

  /**
   * Of windows whose records it has taken, by {@link hasTaken}: whether it has told each of them,
   * and closed it where that run had.
   */
  async hasTold(windows: readonly (WindowBounds | undefined)[], standing: Standing) {
    const job = this.#job;
    if (job.kind !== 'windowed') return windows.map(() => true);
    const starts = [...new Set(windows.flatMap((window) => (window ? [window.startMs] : [])))];
    const items = await this.#parts.store.getMany(starts.map((startMs) => resultKey(job, startMs)));
    const told = new Map(starts.map((startMs, index) => [startMs, toTold(items[index])]));
    return windows.map((window) => {
      const result = window && told.get(window.startMs);
      if (!result) return true;
      if (!takesInAll(result.cut, this.#controls, panesSeen(job.window, window.endMs))) {
        return false;
      }
      return result.closed || result.version === 0 || standing.floorMs < window.endMs;
    });
  }

  async #isRead(sk: string, sequenceNumber: string): Promise<boolean> {
    const read = this.#controls.get(sk)?.sequenceNumber;
    if (read !== undefined && compareSequenceNumbers(read, sequenceNumber) >= 0) return true;
    // It takes no child before it has done with the parents, and nobody reads a shard that is gone.
    const { stream, shard } = shardOfControl(sk);
    const listing = await this.#parts.shards.list(stream, shard);
    if (!listing.some((listed) => listed.shard === shard)) return true;
    return listing.some(
      (listed) =>
        this.#controls.has(controlKey(this.#job, { stream, shard: listed.shard }).sk) &&
        ancestorsOf(listing, listed.shard).includes(shard),
    );
  }
}

async function readControls(store: StateStore, run: Run): Promise<ReadonlyMap<string, Control>> {
  const items = await store.query(jobPartition(run), controlRows);
  return new Map(items.map((item) => [item.sk, unpackControl(item)]));
}
