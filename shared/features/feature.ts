import type { Json } from '../stream/accumulator.ts';
import type { WindowName } from './windows.ts';

export type FieldValue = number | string | null;

/** Something that happened, as features see it: when, to which entities, and what its fields say. */
export interface FeatureEvent {
  readonly source: string;
  /** Equal for copies of one event of a source. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Ids by kind of entity: `{ customer: '7', card: '9f…' }`. A kind that is unknown is left out. */
  readonly entities: Readonly<Record<string, string>>;
  /** Fields by name; one that is absent is unknown, like null. Numbers that are summed are integers. */
  readonly values: Readonly<Record<string, FieldValue>>;
}

/** What is known at a point, by the names of the features; null is unknown. */
export type FeatureVector = Readonly<Record<string, number | null>>;

/** What is remembered of one entity. Bounded, and integers only. */
export type EntityState = Json;

/** Events of which a field has this value, or one of these. */
export interface Condition {
  readonly field: string;
  readonly equals: string | number | readonly (string | number)[];
}

export type TimeUnit = 'second' | 'minute' | 'hour' | 'day';

interface Named {
  /** In lower case with underscores; what models and rules call it. */
  readonly name: string;
  /** What it says, in plain words. */
  readonly meaning: string;
}

/** What a feature is drawn from: the events of a source that touch the point's entity of a kind. */
interface Series extends Named {
  readonly source: string;
  readonly entity: string;
  readonly where?: Condition;
}

interface Windowed extends Series {
  readonly window: WindowName;
}

/** Can leave the point's own event out: what its outcome is must not count before it is known. */
interface Countable extends Windowed {
  readonly before?: true;
}

/** How many events. */
export interface CountFeature extends Countable {
  readonly of: 'count';
}

/** Of an integer field of the events; events that leave it unknown are passed over. */
interface FieldFeature extends Countable {
  readonly of: 'sum' | 'mean';
  readonly field: string;
}

/** The greatest or the least of an integer field of the events. */
interface ExtremeFeature extends Windowed {
  readonly of: 'max' | 'min';
  readonly field: string;
}

/** How many different values of a field, up to {@link distinctMax}. */
export interface DistinctFeature extends Windowed {
  readonly of: 'distinct';
  readonly field: string;
}

/** The share of the events of a series for which a condition holds, from 0 to 1. */
interface ShareFeature extends Countable {
  readonly of: 'share';
  readonly holds: Condition;
}

/**
 * How far the point's value of a field lies from the mean of the earlier events, in their standard
 * deviations; the point's own event is left out. Unknown under two events, or where all are alike.
 * Values are taken in whole units from 0 to 2^20 units, which keeps the sums exact.
 */
interface ZScoreFeature extends Windowed {
  readonly of: 'zScore';
  readonly field: string;
  readonly unit: number;
}

/** Whole units of time since the first event (the point's own included), or since the last before it. */
export interface SinceFeature extends Series {
  readonly of: 'sinceFirst' | 'sinceLast';
  readonly unit: TimeUnit;
}

/** Whether the point's value of a field differs from that of the last event before it: 1 or 0. */
export interface DiffersFeature extends Series {
  readonly of: 'differs';
  readonly field: string;
}

/** A number of the point itself; with `equals`, 1 where the field has the value and 0 elsewhere. */
interface ValueFeature extends Named {
  readonly of: 'value';
  readonly field: string;
  readonly equals?: Condition['equals'];
}

/** Whole units of time from an instant that the point names, in epoch milliseconds, to the point. */
interface ElapsedFeature extends Named {
  readonly of: 'elapsed';
  readonly field: string;
  readonly unit: TimeUnit;
}

/**
 * The hour of the point (0 to 23) or its weekday (0 is Monday), in UTC; with `among`, 1 where it is
 * one of these and 0 elsewhere.
 */
interface CalendarFeature extends Named {
  readonly of: 'hourOfDay' | 'weekday';
  readonly among?: readonly number[];
}

/**
 * `left / right` (unknown where `right` is 0), as a multiple where `times` is given, or
 * `left - right`, of two features declared before.
 */
interface PairFeature extends Named {
  readonly of: 'ratio' | 'difference';
  readonly left: string;
  readonly right: string;
  readonly times?: number;
}

/**
 * Whether a count rises: `left` counts over a window, `right` the same over a longer one of equal
 * steps. Were the rate the same in the window and in the rest of the longer one before it, the two
 * counts would differ by chance alone; this is their difference in the standard deviations of such
 * chance, each count by the time that its part has lasted. Unknown where both are 0.
 */
export interface TrendFeature extends Named {
  readonly of: 'trend';
  readonly left: string;
  readonly right: string;
}

export type WindowedFeature =
  | CountFeature
  | FieldFeature
  | ExtremeFeature
  | DistinctFeature
  | ShareFeature
  | ZScoreFeature;
export type SeriesFeature = WindowedFeature | SinceFeature | DiffersFeature;

/** A feature is declared once: how it is computed at the event, and in SQL, follows from this. */
export type Feature =
  | SeriesFeature
  | ValueFeature
  | ElapsedFeature
  | CalendarFeature
  | PairFeature
  | TrendFeature;

/** Up to how many different values are told apart. */
export const distinctMax = 32;

/** Trino's name of what a field holds; integers may be summed. */
type FieldType = 'bigint' | 'double' | 'varchar';

/** Where the events of a source come from, and what they have. */
export interface FeatureSource {
  /** Kinds of entities that its events may have. */
  readonly entities: readonly string[];
  /** Its fields, as far as features look at them. */
  readonly values: Readonly<Record<string, FieldType>>;
  /** The same events in the lake. */
  readonly rows?: SourceRows;
}

/** How a source reads in Trino's SQL: expressions over the rows of `from`. */
interface SourceRows {
  /** A table, a view or a subquery in parentheses, with an alias. */
  readonly from: string;
  readonly id: string;
  readonly atMs: string;
  readonly entities: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

/** A set of features as it is declared. */
export interface FeatureSetDeclaration {
  /** Sources by name. At one instant they happen in this order; of one source by id. */
  readonly sources: Readonly<Record<string, FeatureSource>>;
  readonly features: readonly Feature[];
  /** The sources at whose events there is a vector. */
  readonly points: readonly string[];
  /** How long an entity that is silent is remembered. At least as long as the longest window. */
  readonly memoryMs: number;
}
