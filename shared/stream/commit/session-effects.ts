import type { Emission, SessionJob } from '../job.ts';
import { codecVersion } from '../state/control.ts';
import { type Run, sessionResultKey, timerKey } from '../state/layout.ts';
import type { Row, Rows } from '../state/rows.ts';
import {
  type Closed,
  closeSessions,
  nextTimerMs,
  noSessions,
  type OpenSession,
  type SessionState,
  supersedesMax,
  takeIntoSession,
  valuesOf,
} from '../state/sessions.ts';
import type { Write } from '../state-store.ts';
import {
  type Effects,
  effectItemsMax,
  entityFault,
  itemBytesMax,
  type Outcome,
  reasonOf,
  transactionBytesMax,
} from './effects.ts';
import { isTooLarge } from './limits.ts';
import { outboxWrite } from './outbox.ts';

/** Sessions of a key as the events leave them, before time has closed any. */
interface Change {
  readonly state: SessionState;
  /** Items and bytes that writing them takes, at most. */
  readonly items: number;
  readonly bytes: number;
}

/** Effects of events on sessions. What is remembered lies in one row per key, identities included. */
export class SessionEffects<Event> implements Effects<Event> {
  readonly #job: SessionJob<Event>;
  readonly #rows: Rows<SessionState>;
  readonly #read: ReadonlyMap<string, Row<SessionState>>;
  readonly #floorMs: number;
  readonly #now: () => number;
  readonly #changed = new Map<string, Change>();
  readonly #emissions: Emission[] = [];
  readonly #written = new Map<string, SessionState>();
  /** Keys whose events were turned away: their rows are not written, but must be the stored ones. */
  readonly #judged = new Set<string>();
  #items = 0;
  #bytes = 0;

  /**
   * @param read rows of the keys that may be taken; events of others are for later.
   * @param floorMs the global watermark, read before the rows.
   */
  constructor(
    job: SessionJob<Event>,
    rows: Rows<SessionState>,
    read: ReadonlyMap<string, Row<SessionState>>,
    floorMs: number,
    now: () => number,
  ) {
    this.#job = job;
    this.#rows = rows;
    this.#read = read;
    this.#floorMs = floorMs;
    this.#now = now;
  }

  get emissions(): readonly Emission[] {
    return this.#emissions;
  }

  take(event: Event, id: string, timeMs: number): Outcome {
    let key: string;
    let outcome: Outcome;
    try {
      key = this.#job.key(event);
      const fault = entityFault(key);
      if (fault !== undefined) return { refused: fault };
      outcome = this.#consider(key, event, id, timeMs);
    } catch (error) {
      return { refused: reasonOf(error) };
    }
    if (outcome === 'counted' || outcome === 'full') return outcome;
    if (!this.#changed.has(key) && !this.#judged.has(key)) {
      if (this.#items >= effectItemsMax) return 'full';
      this.#judged.add(key);
      this.#items += 1;
    }
    return outcome;
  }

  #consider(key: string, event: Event, id: string, timeMs: number): Outcome {
    const row = this.#read.get(key);
    if (!row) return 'full';
    const before = this.#changed.get(key);
    const known = before?.state ?? row.state ?? noSessions;
    const taken = takeIntoSession(this.#job, known, event, id, timeMs, this.#floorMs);
    if (typeof taken === 'string') return taken;
    const { state } = taken;
    const bytes = bytesOf(state);
    if (bytes > itemBytesMax) return { refused: `the sessions of "${key}" are too large` };
    if (state.sessions.some(({ supersedes }) => supersedes.length > supersedesMax)) {
      return { refused: `it joins too many sessions of "${key}"` };
    }
    const items = itemsOf(closeSessions(this.#job, state, this.#floorMs, toldAtOnceMax));
    const allItems = this.#items - (before?.items ?? 0) + items;
    const allBytes = this.#bytes - (before?.bytes ?? 0) + bytes;
    if (allItems > effectItemsMax) return 'full';
    if (allBytes > transactionBytesMax && this.#changed.size > 0) return 'full';
    this.#items = allItems;
    this.#bytes = allBytes;
    this.#changed.set(key, { state, items, bytes });
    return 'counted';
  }

  panes(): Iterable<number> {
    return [];
  }

  writes(): Write[] {
    const checks = [...this.#judged]
      .filter((key) => !this.#changed.has(key))
      .map((key) => this.#rows.check(key, this.#rowOf(key)));
    const changes = [...this.#changed].flatMap(([key, { state }]) => {
      const row = this.#rowOf(key);
      // What cannot be told is left to its timer, which says so: the events are right.
      const step = sessionStep(this.#job, this.#rows, key, row, state, this.#floorMs, this.#now());
      this.#emissions.push(...step.emissions);
      this.#written.set(key, step.state);
      return step.writes;
    });
    return [...checks, ...changes];
  }

  committed(): void {
    for (const [key, state] of this.#written) {
      this.#rows.keep(key, { version: this.#rowOf(key).version + 1, state }, bytesOf(state));
    }
  }

  #rowOf(key: string): Row<SessionState> {
    return this.#read.get(key) ?? { version: 0, state: undefined };
  }
}

function bytesOf({ sessions }: SessionState): number {
  let bytes = 100;
  for (const { ids, states } of sessions) {
    bytes += 100 + 17 * ids.length;
    for (const state of states)
      bytes += typeof state === 'number' ? 12 : JSON.stringify(state).length;
  }
  return bytes;
}

/** The row, its timer, and per session its result, its emission and the results it supersedes. */
function itemsOf({ told }: Closed): number {
  return told.reduce((items, { supersedes }) => items + 2 + supersedes.length, 2);
}

/** What one transaction makes of a key's sessions. */
export interface SessionStep {
  readonly state: SessionState;
  readonly emissions: readonly Emission[];
  readonly writes: Write[];
  /** Why no session is told though one has closed. */
  readonly failure?: string;
}

/** Sessions of one key told in one transaction, where their results are not long. */
const toldAtOnceMax = 20;

/**
 * Writes a key's sessions as time left them, tells those that closed, and sets the next timer. As
 * many are told as one transaction takes; the timer comes back to the others at once.
 */
export function sessionStep<Event>(
  job: SessionJob<Event>,
  rows: Rows<SessionState>,
  key: string,
  row: Row<SessionState>,
  state: SessionState,
  floorMs: number,
  nowMs: number,
): SessionStep {
  const tell = (toldMax: number): SessionStep =>
    stepOf(job, rows, key, row, closeSessions(job, state, floorMs, toldMax), nowMs);
  let failure = `what is to be told of "${key}" is too large`;
  for (let toldMax = toldAtOnceMax; toldMax > 0; toldMax = Math.floor(toldMax / 2)) {
    try {
      const step = tell(toldMax);
      if (!isTooLarge(step.writes, transactionBytesMax)) return step;
    } catch (error) {
      failure = reasonOf(error);
    }
  }
  return { ...tell(0), failure };
}

function stepOf<Event>(
  job: SessionJob<Event>,
  rows: Rows<SessionState>,
  key: string,
  row: Row<SessionState>,
  { state, told }: Closed,
  nowMs: number,
): SessionStep {
  const neededMs = nextTimerMs(job, state);
  const pendingMs = state.timerMs;
  const isSet = pendingMs !== undefined && neededMs !== undefined && pendingMs <= neededMs;
  const emissions: Emission[] = [];
  const tellings: Write[] = [];
  const untold = new Set<number>();
  for (const one of told) {
    const emission = emissionOf(job, key, one);
    if (emission === undefined) {
      untold.add(one.startMs);
      continue;
    }
    emissions.push(emission);
    tellings.push(outboxWrite(job, emission), resultWrite(job, key, one, emission, state, nowMs));
    for (const startMs of one.supersedes) {
      tellings.push({ key: sessionResultKey(job, startMs, key), remove: true });
    }
  }
  const sessions = state.sessions.map((one) =>
    untold.has(one.startMs) ? { ...one, revision: one.revision - 1 } : one,
  );
  const next: SessionState = { ...state, sessions, timerMs: isSet ? pendingMs : neededMs };
  const lifetimeMs = job.window.gapMs + job.allowedLatenessMs;
  const writes: Write[] = [rows.write(key, row, JSON.stringify(next), lifetimeMs), ...tellings];
  if (!isSet && neededMs !== undefined) {
    writes.push({ key: timerKey(job, key, neededMs), put: { codec: codecVersion } });
  }
  return { state: next, emissions, writes };
}

function resultWrite<Event>(
  job: SessionJob<Event>,
  key: string,
  { startMs, endMs, revision, ids }: OpenSession,
  { data, supersedes }: Emission,
  { closedMs }: SessionState,
  nowMs: number,
): Write {
  if (data === null) return { key: sessionResultKey(job, startMs, key), remove: true };
  return {
    key: sessionResultKey(job, startMs, key),
    put: {
      codec: codecVersion,
      revision,
      closed: true,
      final: endMs + job.allowedLatenessMs <= closedMs,
      startMs,
      endMs,
      key,
      events: ids.length,
      data: JSON.stringify(data) ?? 'null',
      // It may be told again, and then is to say the same.
      ...(supersedes && { supersedes: JSON.stringify(supersedes) }),
      updatedAt: nowMs,
      ...(job.resultsKeptMs !== undefined && {
        expiresAt: Math.floor((nowMs + job.resultsKeptMs) / 1000),
      }),
    },
  };
}

/** The id under which the world is told of a session. */
export function sessionResultId({ name, generation }: Run, key: string, startMs: number): string {
  return `${name}|${generation}|${key}|${startMs}`;
}

/** What is said of a session; undefined where there is nothing to tell, nor was before. */
function emissionOf<Event>(
  job: SessionJob<Event>,
  key: string,
  one: OpenSession,
): Emission | undefined {
  const { startMs, endMs, revision, supersedes } = one;
  const idOf = (start: number): string => sessionResultId(job, key, start);
  const data = job.result({ key, startMs, endMs }, valuesOf(job.accumulators, one));
  if (data === undefined && revision === 1 && supersedes.length === 0) return undefined;
  return {
    id: idOf(startMs),
    entity: key,
    type: job.type,
    revision,
    window: { startMs, endMs },
    ...(supersedes.length > 0 && { supersedes: supersedes.map(idOf) }),
    data: data ?? null,
  };
}
