import { effectItemsMax } from './effects.ts';
import type { Emission, SessionJob } from './job.ts';
import { keyOfTimer, timerPartition, timerPartitions, timersThrough } from './layout.ts';
import type { EngineParts } from './parts.ts';
import { Rows } from './rows.ts';
import { type SessionStep, sessionStep } from './session-effects.ts';
import { closeSessions, noSessions, type SessionState } from './sessions.ts';
import { type Item, type ItemKey, tolerateRefusal, type Write } from './state-store.ts';

const attemptsMax = 5;

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

  /** Fires all timers up to the global watermark; what is refused too often is left for the next. */
  async fire(floorMs: number): Promise<Emission[]> {
    const emissions: Emission[] = [];
    for (let partition = 0; partition < timerPartitions; partition += 1) {
      const at = timerPartition(this.#job, partition);
      const due = await this.#parts.store.query(at, timersThrough(floorMs));
      const keys = [...Map.groupBy(due, ({ sk }) => keyOfTimer(sk))];
      while (keys.length > 0) {
        emissions.push(...(await this.#fireSome(at, keys.splice(0, 20), floorMs)));
      }
    }
    return emissions;
  }

  async #fireSome(
    at: Pick<ItemKey, 'table' | 'pk'>,
    due: [string, Item[]][],
    floorMs: number,
  ): Promise<Emission[]> {
    const emissions: Emission[] = [];
    let left = due;
    for (let attempt = 1; left.length > 0 && attempt <= attemptsMax; attempt += 1) {
      if (attempt > 1) await this.#parts.backOff(attempt - 1);
      const rows = new Rows<SessionState>(this.#job, this.#parts);
      const read = await rows.read(left.map(([key]) => key));
      const steps = left.map(([key, timers]) => {
        const row = read.get(key) ?? { version: 0, state: undefined };
        const fired = timers.map(({ sk }): ItemKey => ({ ...at, sk }));
        return this.#stepOf(rows, key, row.version, row.state, fired, floorMs);
      });
      const refused: [string, Item[]][] = [];
      for (const part of partsOf(left, steps)) {
        const writes = part.flatMap(({ step }) => step.writes);
        if (await tolerateRefusal(() => this.#parts.store.transact(writes))) {
          emissions.push(...part.flatMap(({ step }) => step.emissions));
        } else {
          refused.push(...part.map(({ entry }) => entry));
        }
      }
      left = refused;
    }
    return emissions;
  }

  #stepOf(
    rows: Rows<SessionState>,
    key: string,
    version: number,
    stored: SessionState | undefined,
    fired: readonly ItemKey[],
    floorMs: number,
  ): SessionStep {
    const state = stored ?? noSessions;
    const pending = fired.some((timer) => this.#isPending(timer, state))
      ? undefined
      : state.timerMs;
    const closed = closeSessions(this.#job, { ...state, timerMs: pending }, floorMs);
    const row = { version, state: stored };
    const step = sessionStep(this.#job, rows, key, row, closed, this.#parts.now());
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

/** Steps in transactions of as many items as one takes. */
function* partsOf(
  due: readonly [string, Item[]][],
  steps: readonly SessionStep[],
): Iterable<{ entry: [string, Item[]]; step: SessionStep }[]> {
  let part: { entry: [string, Item[]]; step: SessionStep }[] = [];
  let items = 0;
  for (const [index, entry] of due.entries()) {
    const step = steps[index];
    if (!step) continue;
    if (part.length > 0 && items + step.writes.length > effectItemsMax) {
      yield part;
      part = [];
      items = 0;
    }
    part.push({ entry, step });
    items += step.writes.length;
  }
  if (part.length > 0) yield part;
}
