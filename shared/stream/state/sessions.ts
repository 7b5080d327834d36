import type { Accumulators, Json, Values } from '../accumulator.ts';
import type { SessionJob } from '../job.ts';
import { beforeAll } from './control.ts';
import { hash53 } from './identities.ts';

/** A session of one key as it is remembered. */
export interface OpenSession {
  readonly startMs: number;
  /** Last event and the gap: events before it belong to the session. */
  readonly endMs: number;
  /** Packed states of the accumulators. */
  readonly states: readonly Json[];
  /** Hashes of the identities of its events: a copy changes nothing. */
  readonly ids: readonly number[];
  /** How often the session of this start was told. */
  readonly revision: number;
  /** It holds what was not told yet. */
  readonly news: boolean;
  /** Starts of sessions that were told and are in this one now. */
  readonly supersedes: readonly number[];
}

/**
 * What is remembered of a key: sessions that are open, or closed and still taking late events, and
 * of those that are over the identities, while a copy of one of their events could be taken.
 */
export interface SessionState {
  /** Sessions that ended by then have been told. */
  readonly closedMs: number;
  readonly sessions: readonly OpenSession[];
  /** The timer that will look at the row next. */
  readonly timerMs: number | undefined;
}

export const noSessions: SessionState = { closedMs: beforeAll, sessions: [], timerMs: undefined };

type Taken = { readonly state: SessionState } | 'duplicate' | 'late';

/**
 * Puts an event into the sessions of its key. Sessions that it touches become one; where it comes
 * late, the session it would belong to must still take events, as in Flink. Unlike there, sessions
 * merge on overlap only, not when one begins at the instant another ends: the outcome does not
 * depend on when timers fire.
 *
 * @param floorMs the global watermark.
 */
export function takeIntoSession<Event>(
  job: SessionJob<Event>,
  state: SessionState,
  event: Event,
  id: string,
  timeMs: number,
  floorMs: number,
): Taken {
  const watermarkMs = Math.max(floorMs, state.closedMs);
  const isOver = ({ endMs }: Pick<OpenSession, 'endMs'>): boolean =>
    endMs + job.allowedLatenessMs <= watermarkMs;
  const hash = hash53(id);
  if (state.sessions.some(({ ids }) => ids.includes(hash))) return 'duplicate';
  const endMs = timeMs + job.window.gapMs;
  const touched = state.sessions.filter(
    (one) => timeMs < one.endMs && one.startMs < endMs && !isOver(one),
  );
  const merged = merge(job, touched, event, hash, timeMs);
  // A session is named by its start: it must not take the name of one whose result is final.
  const isNamesake = (one: OpenSession): boolean => one.startMs === merged.startMs && isOver(one);
  if (isOver(merged) || state.sessions.some(isNamesake)) return 'late';
  const others = state.sessions.filter((one) => !touched.includes(one));
  return { state: { ...state, sessions: [...others, merged] } };
}

function merge<Event>(
  job: SessionJob<Event>,
  touched: readonly OpenSession[],
  event: Event,
  hash: number,
  timeMs: number,
): OpenSession {
  const accumulators = Object.values(job.accumulators);
  const startMs = Math.min(timeMs, ...touched.map((one) => one.startMs));
  const states = accumulators.map((accumulator, index) => {
    const sum = touched.reduce(
      (state, one) => accumulator.merge(state, accumulator.unpack(one.states[index] ?? null)),
      accumulator.zero(),
    );
    return accumulator.pack(accumulator.add(sum, event));
  });
  const told = touched.filter(({ revision }) => revision > 0);
  return {
    startMs,
    endMs: Math.max(timeMs + job.window.gapMs, ...touched.map((one) => one.endMs)),
    states,
    ids: [...touched.flatMap(({ ids }) => ids), hash],
    revision: told.find((one) => one.startMs === startMs)?.revision ?? 0,
    news: true,
    supersedes: [
      ...touched.flatMap(({ supersedes }) => supersedes),
      ...told.map((one) => one.startMs).filter((start) => start !== startMs),
    ],
  };
}

/** What the passing of time makes of a key's sessions. */
export interface Closed {
  readonly state: SessionState;
  /** Sessions to be told, with their new revision. */
  readonly told: readonly OpenSession[];
}

/** Items that the telling of one session takes beside those that it supersedes. */
const itemsOfTold = 2;
/** Items of all that are told at once. */
const toldItemsMax = 80;
/** So many told sessions one session may take in: their results go when its own is told. */
export const supersedesMax = toldItemsMax - itemsOfTold;

/**
 * Closes the sessions that ended by the global watermark, and forgets those past their lateness. Of
 * very many some are left for the next time.
 *
 * @param toldMax how many may be told at once.
 */
export function closeSessions<Event>(
  job: SessionJob<Event>,
  state: SessionState,
  floorMs: number,
  toldMax: number,
): Closed {
  const closedMs = Math.max(state.closedMs, floorMs);
  const told: OpenSession[] = [];
  const sessions: OpenSession[] = [];
  let items = 0;
  for (const one of state.sessions) {
    const more = itemsOfTold + one.supersedes.length;
    const fits = told.length < toldMax && items + more <= toldItemsMax;
    const isTold = one.news && one.endMs <= closedMs && fits;
    const after = isTold
      ? { ...one, revision: one.revision + 1, news: false, supersedes: [] }
      : one;
    if (isTold) {
      told.push({ ...one, revision: one.revision + 1 });
      items += more;
    }
    sessions.push(after);
  }
  return { state: { ...state, closedMs, sessions: withoutDone(job, sessions, closedMs) }, told };
}

/**
 * Forgets the states of sessions that are over, and the sessions themselves once no event can be
 * taken that reaches into them: an open session that overlaps one would take a copy of its events.
 */
function withoutDone<Event>(
  job: SessionJob<Event>,
  sessions: readonly OpenSession[],
  closedMs: number,
): OpenSession[] {
  const isOpen = ({ news, endMs }: OpenSession): boolean =>
    news || endMs + job.allowedLatenessMs > closedMs;
  const open = sessions.filter(isOpen);
  const isInReach = (one: OpenSession): boolean =>
    one.endMs + job.window.gapMs + job.allowedLatenessMs > closedMs ||
    open.some(({ startMs, endMs }) => startMs < one.endMs && one.startMs < endMs);
  return sessions.flatMap((one) => {
    if (isOpen(one)) return one;
    return isInReach(one) ? { ...one, states: [] } : [];
  });
}

/**
 * When a key's sessions are to be looked at next; undefined when there is nothing to come. Those
 * that are over wait for the key's next event, or for the row's time to live.
 */
export function nextTimerMs<Event>(
  job: SessionJob<Event>,
  { sessions, closedMs }: SessionState,
): number | undefined {
  const times = sessions.flatMap(({ endMs, news }) => {
    const overMs = endMs + job.allowedLatenessMs;
    return news ? endMs : overMs > closedMs ? overMs : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What results see of a session. */
export function valuesOf<Fields extends Accumulators<never>>(
  fields: Fields,
  { states }: OpenSession,
): Values<Fields> {
  const values = Object.entries(fields).map(([field, accumulator], index) => [
    field,
    accumulator.value(accumulator.unpack(states[index] ?? null)),
  ]);
  return Object.fromEntries(values) as Values<Fields>;
}
