import type { Accumulator, Accumulators, Json, Values } from './accumulator.ts';
import type { Source } from './source.ts';
import type { PanedWindow, SessionWindow, WindowBounds } from './window.ts';

/** Something a job says to the world. `id` and `revision` name it: equal names, equal bytes. */
export interface Emission {
  readonly id: string;
  /** Kind of insight, as its schema is named: `revenue`, `alert`. */
  readonly type: string;
  readonly revision: number;
  /** Emissions about the same entity stay in order: the partition key of the output stream. */
  readonly entity: string;
  readonly window?: WindowBounds;
  /** A long result comes in parts: this is part `index` (from 0) of `count`, each with its own id. */
  readonly chunk?: { readonly index: number; readonly count: number };
  /** Ids of earlier sessions that this one has taken in: they are no more. */
  readonly supersedes?: readonly string[];
  readonly data: unknown;
}

interface JobBase<Event> {
  readonly name: string;
  /** Raised to run the job again from scratch beside its earlier results. */
  readonly generation: number;
  readonly sources: readonly Source<Event>[];
  eventTimeMs(event: Event): number;
  /** How far behind a tick events may still come: the bound of out-of-orderness. */
  readonly watermarkDelayMs: number;
  /** How long after its end a window still takes late events, each making a revision. */
  readonly allowedLatenessMs: number;
  /** Events further ahead of their arrival than this go to the side output of the future. */
  readonly maxFutureMs: number;
}

/** What a job says when a window has closed; the engine adds the window and the result's revision. */
export type ClosingEmission = Pick<Emission, 'id' | 'type' | 'entity' | 'data'>;

/** Accumulators over tumbling or sliding windows of event time, per key; one result per window. */
export interface WindowedJob<
  Event,
  Fields extends Accumulators<Event> = Accumulators<Event>,
  Data = unknown,
> extends JobBase<Event> {
  readonly kind: 'windowed';
  readonly window: PanedWindow;
  key(event: Event): string;
  readonly accumulators: Fields;
  /**
   * Open windows show a preliminary result at most this often; undefined: none before they close.
   * Of overlapping windows the one that ends next shows it.
   */
  readonly preliminaryEveryMs: number | undefined;
  /** Kind of insight of the results. */
  readonly type: string;
  /**
   * What a result says, from the values of its keys. An array may be long: it is told in chunks.
   *
   * @param before values of the stretch that the window looks back at; empty without a lookback.
   */
  result(
    valuesByKey: ReadonlyMap<string, Values<Fields>>,
    window: WindowBounds,
    before: ReadonlyMap<string, Values<Fields>>,
  ): Data;
  /**
   * Pure. What else is said when the window has closed, and with each later revision of it: alerts,
   * which open windows must not raise. At most {@link closingEmissionsMax}, ids all different.
   */
  onClose?(data: Data, window: WindowBounds): readonly ClosingEmission[];
  /** Results leave the table so long after they were told last; undefined: never. */
  readonly resultsKeptMs?: number;
}

/** What may be said at once when a window has closed: it goes in the transaction of its result. */
export const closingEmissionsMax = 32;

/** A session as its result is told. */
interface Session extends WindowBounds {
  readonly key: string;
}

/** Accumulators over sessions: one result per key and session, told when it has closed. */
export interface SessionJob<Event, Fields extends Accumulators<Event> = Accumulators<Event>>
  extends JobBase<Event> {
  readonly kind: 'session';
  readonly window: SessionWindow;
  key(event: Event): string;
  readonly accumulators: Fields;
  /** Kind of insight of the results. */
  readonly type: string;
  /**
   * What is told of the session; undefined: nothing. One that was told and has nothing to tell any
   * more, or takes in such, is told once more with `null` as its data.
   */
  result(session: Session, values: Values<Fields>): unknown;
  /** Results leave the table so long after they were written; undefined: never. */
  readonly resultsKeptMs?: number;
}

/** A rule that looks at each event alone and says what follows from it, in the same commit. */
export interface RuleJob<Event> extends JobBase<Event> {
  readonly kind: 'rule';
  evaluate(event: Event): readonly Emission[];
}

/** What a rule with a memory makes of an event: what it remembers of the key now, and what it says. */
interface Verdict<State extends Json> {
  readonly state: State;
  readonly emissions: readonly Emission[];
}

/** The same over several keys. */
interface Verdicts<State extends Json> {
  /**
   * What is remembered now. A key of the event that is left out stays as it is, and still counts as
   * looked at: no other event may change it between its reading and this one's commit.
   */
  readonly states: ReadonlyMap<string, State>;
  readonly emissions: readonly Emission[];
}

/** Keys that one event may have. */
export const keysPerEventMax = 16;

/** A rule with a memory per key: all keys of an event are read and written in its commit. */
export interface KeyedJob<Event, State extends Json = Json> extends JobBase<Event> {
  readonly kind: 'keyed';
  /** From one to {@link keysPerEventMax}, all different. */
  keys(event: Event): readonly string[];
  /** A key that was not written for this long, in event time, is a new one. */
  readonly stateTtlMs: number;
  /**
   * Pure. Events of one key may come in any order where they come from several shards.
   *
   * @param states what was remembered of the event's keys; new ones are missing.
   */
  evaluate(event: Event, states: ReadonlyMap<string, State>): Verdicts<State>;
}

/** A rule with a memory for events that have one key. */
interface OneKeyRule<Event, State extends Json> extends JobBase<Event> {
  key(event: Event): string;
  /** A key that was silent this long, in event time, is a new one. */
  readonly stateTtlMs: number;
  /**
   * Pure. Events of one key may come in any order where they come from several shards.
   *
   * @param state what was remembered; undefined for a new key.
   */
  evaluate(event: Event, state: State | undefined): Verdict<State>;
}

export type Job<Event> = WindowedJob<Event> | SessionJob<Event> | RuleJob<Event> | KeyedJob<Event>;

/** Rules have no windows; their events are de-duplicated in panes of this length. */
const rulePaneMs = 10 * 60_000;

/** Panes of a job's state: those of its windows, or of rules stretches of ten minutes. */
export function panesOfJob<Event>(
  job: WindowedJob<Event> | RuleJob<Event> | KeyedJob<Event>,
): PanedWindow {
  return job.kind === 'windowed' ? job.window : rulePanes;
}

const rulePanes: PanedWindow = {
  kind: 'tumbling',
  sizeMs: rulePaneMs,
  slideMs: rulePaneMs,
  offsetMs: 0,
  paneMs: rulePaneMs,
  lookbackMs: 0,
};

/** Names become parts of keys, which are put together with `#` and `|`. */
const namePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

type Bounds = Pick<
  JobBase<never>,
  'name' | 'generation' | 'watermarkDelayMs' | 'allowedLatenessMs' | 'maxFutureMs'
>;

/** @throws RangeError for a declaration that no state could be kept for. */
function requireSound(job: Bounds): void {
  if (!namePattern.test(job.name)) {
    throw new RangeError(
      `Cannot declare a job: its name must be lower-case letters, digits and hyphens, 64 at most: received "${job.name}"`,
    );
  }
  const bounds = {
    generation: job.generation,
    watermarkDelayMs: job.watermarkDelayMs,
    allowedLatenessMs: job.allowedLatenessMs,
    maxFutureMs: job.maxFutureMs,
  };
  for (const [bound, value] of Object.entries(bounds)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new RangeError(
      `Cannot declare job ${job.name}: ${bound} must be an integer from 0 on: received ${value}`,
    );
  }
}

type Declaration<Declared> = Omit<Declared, 'kind' | 'sources' | 'accumulators'>;

/** Declares a windowed job; the types of events and fields flow from the decoder to the result. */
export function windowedJob<
  Event,
  Fields extends Readonly<Record<string, Accumulator<NoInfer<Event>>>>,
  Data,
>(
  sources: readonly Source<Event>[],
  declaration: Declaration<WindowedJob<NoInfer<Event>, Fields, Data>> & {
    readonly accumulators: Fields;
  },
): WindowedJob<Event, Fields, Data> {
  requireSound(declaration);
  return { kind: 'windowed', sources, ...declaration };
}

/** Declares a job over sessions. */
export function sessionJob<
  Event,
  Fields extends Readonly<Record<string, Accumulator<NoInfer<Event>>>>,
>(
  sources: readonly Source<Event>[],
  declaration: Declaration<SessionJob<NoInfer<Event>, Fields>> & { readonly accumulators: Fields },
): SessionJob<Event, Fields> {
  requireSound(declaration);
  return { kind: 'session', sources, ...declaration };
}

/** Declares a rule that is evaluated at the event. */
export function ruleJob<Event>(
  sources: readonly Source<Event>[],
  declaration: Declaration<RuleJob<Event>>,
): RuleJob<Event> {
  requireSound(declaration);
  return { kind: 'rule', sources, ...declaration };
}

/** Declares a rule that is evaluated at the event beside what it remembers of the event's key. */
export function keyedJob<Event, State extends Json>(
  sources: readonly Source<Event>[],
  declaration: Omit<OneKeyRule<NoInfer<Event>, State>, 'sources'>,
): KeyedJob<Event, State> {
  const { key, evaluate, ...others } = declaration;
  return multiKeyedJob<Event, State>(sources, {
    ...others,
    keys: (event) => [key(event)],
    evaluate(event, states) {
      const name = key(event);
      const { state, emissions } = evaluate(event, states.get(name));
      return { states: new Map([[name, state]]), emissions };
    },
  });
}

/** Declares a rule that is evaluated at the event beside what it remembers of each of its keys. */
export function multiKeyedJob<Event, State extends Json>(
  sources: readonly Source<Event>[],
  declaration: Declaration<KeyedJob<NoInfer<Event>, State>>,
): KeyedJob<Event, State> {
  requireSound(declaration);
  return { kind: 'keyed', sources, ...declaration };
}
