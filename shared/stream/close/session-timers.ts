import { effectItemsMax } from '../commit/effects.ts';
import { isTooLarge } from '../commit/limits.ts';
import { type SessionStep, sessionStep } from '../commit/session-effects.ts';
import type { Emission, SessionJob } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import { keyOfTimer, timerPartition, timerPartitions, timersThrough } from '../state/layout.ts';
import { type Row, Rows } from '../state/rows.ts';
import { noSessions, type SessionState } from '../state/sessions.ts';
import { type Item, type ItemKey, tolerateRefusal, type Write } from '../state-store.ts';

const attemptsMax = 5;
/** Timers of one key that go at once; one whose events came against the order of time has many. */
const timersAtOnceMax = 10;

/** What firing timers has told, and why it could not tell the rest. */
interface Fired {
  readonly emissions: Emission[];
  readonly failures: string[];
}

/** A key with its timers that are due. */
type DueKey = readonly [string, readonly Item[]];

interface Due {
  readonly entry: DueKey;
  readonly step: SessionStep;
}

/**
 * Closes sessions whose keys are silent: a session that no event touches any more is closed by the
 * timer that lies in the table for its key. Timers that fire early find nothing to do and set the
 * next one, so that an event writes a timer only where none is pending.
 */
export class SessionTimers<Event> {
  readonly #job: SessionJob<Event>;
  readonly #parts: EngineParts;

  constructor(job: SessionJob<Event>, parts: EngineParts) {
    this.#job = job;
    this.#parts = parts;
  }

  /**
   * Fires all timers up to the global watermark; what is refused too often is left for the next, and
   * so is, each time, what cannot be told.
   */
  async fire(floorMs: number): Promise<Fired> {
    const fired: Fired = { emissions: [], failures: [] };
    for (let partition = 0; partition < timerPartitions; partition += 1) {
      const at = timerPartition(this.#job, partition);
      const due = await this.#parts.store.query(at, timersThrough(floorMs));
      const keys = [...Map.groupBy(due, ({ sk }) => keyOfTimer(sk))];
      while (keys.length > 0) await this.#fireSome(at, keys.splice(0, 20), floorMs, fired);
    }
    return fired;
  }

  /** Whether a timer lies up to a time. */
  async isDue(atMs: number): Promise<boolean> {
    const partitions = Array.from({ length: timerPartitions }, (_, partition) =>
      this.#parts.store.query(timerPartition(this.#job, partition), timersThrough(atMs)),
    );
    return (await Promise.all(partitions)).some((due) => due.length > 0);
  }

  async #fireSome(
    at: Pick<ItemKey, 'table' | 'pk'>,
    due: readonly DueKey[],
    floorMs: number,
    { emissions, failures }: Fired,
  ): Promise<void> {
    let left = due;
    for (let attempt = 1; left.length > 0 && attempt <= attemptsMax; attempt += 1) {
      if (attempt > 1) await this.#parts.backOff(attempt - 1);
      const rows = new Rows<SessionState>(this.#job, this.#parts);
      const read = await rows.read(left.map(([key]) => key));
      const steps: Due[] = [];
      for (const entry of left) {
        const [key, timers] = entry;
        const row = read.get(key) ?? { version: 0, state: undefined };
        const fired = timers.slice(0, timersAtOnceMax).map(({ sk }): ItemKey => ({ ...at, sk }));
        const step = this.#stepOf(rows, key, row, fired, floorMs);
        if (step.failure === undefined) steps.push({ entry, step });
        else failures.push(step.failure);
      }
      const refused: DueKey[] = [];
      for (const part of partsOf(steps)) {
        const writes = part.flatMap(({ step }) => step.writes);
        if (await tolerateRefusal(() => this.#parts.store.transact(writes))) {
          emissions.push(...part.flatMap(({ step }) => step.emissions));
        } else {
          refused.push(...part.map(({ entry }) => entry));
        }
      }
      left = refused;
    }
  }

  #stepOf(
    rows: Rows<SessionState>,
    key: string,
    row: Row<SessionState>,
    fired: readonly ItemKey[],
    floorMs: number,
  ): SessionStep {
    const state = row.state ?? noSessions;
    const timerMs = fired.some((timer) => this.#isPending(timer, state))
      ? undefined
      : state.timerMs;
    const nowMs = this.#parts.now();
    const step = sessionStep(this.#job, rows, key, row, { ...state, timerMs }, floorMs, nowMs);
    // The next timer may be one of those that fired: it stays then.
    const stays = new Set(step.writes.map((write) => nameOf(write.key)));
    const removals = fired
      .filter((timer) => !stays.has(nameOf(timer)))
      .map((timer): Write => ({ key: timer, remove: true }));
    return { ...step, writes: [...step.writes, ...removals] };
  }

  #isPending({ sk }: ItemKey, { timerMs }: SessionState): boolean {
    return timerMs !== undefined && sk.startsWith(`${timersThrough(timerMs).to.slice(0, -1)}#`);
  }
}

function nameOf({ pk, sk }: ItemKey): string {
  return `${pk} ${sk}`;
}

/** Steps in transactions of as many items and bytes as one takes. */
function* partsOf(due: readonly Due[]): Iterable<readonly Due[]> {
  let part: Due[] = [];
  let writes: Write[] = [];
  for (const one of due) {
    const more = [...writes, ...one.step.writes];
    if (part.length > 0 && (more.length > effectItemsMax || isTooLarge(more))) {
      yield part;
      part = [];
      writes = [];
    }
    part.push(one);
    writes.push(...one.step.writes);
  }
  if (part.length > 0) yield part;
}
