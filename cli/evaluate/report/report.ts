import type { AtThreshold } from '../metrics/at-threshold.ts';
import type { Interval } from '../metrics/bootstrap-interval.ts';
import type { Calibration } from '../metrics/calibration.ts';

/** A point of a curve; both from 0 to 1. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * What one way of telling fraud comes to on transactions it has not learnt from. Null is what the
 * transactions do not tell: without a fraud there is no recall.
 */
export interface Figures {
  readonly name: string;
  readonly averagePrecision: number | null;
  readonly averagePrecisionInterval: Interval | null;
  readonly rocAuc: number | null;
  /** Of the hundred cards of a day that look worst, the share that is defrauded. */
  readonly cardPrecision: number | null;
  readonly atOnePercent: AtThreshold | null;
  readonly atThreshold: AtThreshold;
  /** Null where the score is no probability. */
  readonly calibration: Calibration | null;
  readonly roc: readonly CurvePoint[];
  readonly precisionRecall: readonly CurvePoint[];
  /** Mean score and share of fraud in each tenth of the scores; empty where it is no probability. */
  readonly reliability: readonly CurvePoint[];
}

/** How many of the frauds of one pattern each way has found. */
export interface PatternRow {
  readonly pattern: string;
  readonly frauds: number;
  readonly found: readonly { readonly by: string; readonly count: number }[];
}

/** At how many of the held-out transactions a rule fires, and how many of those are fraud. */
export interface RuleRow {
  readonly rule: string;
  readonly fires: number;
  readonly frauds: number;
}

export interface EvaluationReport {
  readonly title: string;
  /** What was held against what, line by line. */
  readonly about: readonly (readonly [what: string, value: string])[];
  /** The model first, then what it is to be compared with. */
  readonly figures: readonly Figures[];
  readonly patterns: readonly PatternRow[];
  readonly rules: readonly RuleRow[];
  /** What the model looks at most, as shares of all. */
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  readonly notes: readonly string[];
}
