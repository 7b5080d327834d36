import type { Accumulator } from './accumulator.ts';
import type { Source } from './source.ts';
import { startOf, type TumblingWindow } from './window.ts';

/** A window as results name it: `startMs` is in it, `endMs` is not. */
interface WindowBounds {
  readonly startMs: number;
  readonly endMs: number;
}

/** Something a job says to the world. `id` and `revision` name it: equal names, equal bytes. */
export interface Emission {
  readonly id: string;
  /** Kind of insight, as its schema is named: `revenue`, `alert`. */
  readonly type: string;
  readonly revision: number;
  /** Emissions about the same entity stay in order: the partition key of the output stream. */
  readonly entity: string;
  readonly window?: WindowBounds;
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

/** Accumulators over windows of event time, per key. */
export interface WindowedJob<Event, Field extends string = string> extends JobBase<Event> {
  readonly kind: 'windowed';
  readonly window: TumblingWindow;
  key(event: Event): string;
  readonly accumulators: Readonly<Record<Field, Accumulator<Event>>>;
  /** Open windows show a preliminary result at most this often. */
  readonly preliminaryEveryMs: number;
  /** Kind of insight of the results. */
  readonly type: string;
  /** What a result says, from the totals of its keys. */
  result(totalsByKey: ReadonlyMap<string, Readonly<Record<Field, number>>>): unknown;
}

/** A rule: looks at each event as it comes and says what follows from it, in the same commit. */
interface RuleJob<Event> extends JobBase<Event> {
  readonly kind: 'rule';
  evaluate(event: Event): readonly Emission[];
}

export type Job<Event> = WindowedJob<Event> | RuleJob<Event>;

/** Rules have no windows; their events are de-duplicated in panes of this length. */
const rulePaneMs = 10 * 60_000;

/** Length of the panes in which the job's state is kept, milliseconds. */
export function paneMs<Event>(job: Job<Event>): number {
  return job.kind === 'windowed' ? job.window.sizeMs : rulePaneMs;
}

/** Start of the pane that holds an event of time `timeMs`. */
export function paneOf<Event>(job: Job<Event>, timeMs: number): number {
  return startOf(timeMs, paneMs(job));
}

/** Declares a windowed job; the types of events and fields flow from the decoder to the result. */
export function windowedJob<Event, Fields extends Readonly<Record<string, Accumulator<Event>>>>(
  sources: readonly Source<Event>[],
  declaration: Omit<
    WindowedJob<NoInfer<Event>, keyof Fields & string>,
    'kind' | 'sources' | 'accumulators'
  > & { readonly accumulators: Fields },
): WindowedJob<Event, keyof Fields & string> {
  return { kind: 'windowed', sources, ...declaration };
}

/** Declares a rule that is evaluated at the event. */
export function ruleJob<Event>(
  sources: readonly Source<Event>[],
  declaration: Omit<RuleJob<Event>, 'kind' | 'sources'>,
): RuleJob<Event> {
  return { kind: 'rule', sources, ...declaration };
}
