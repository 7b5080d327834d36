import type { Ranking } from './ranking.ts';

/** What a threshold makes of the rows. Null where there is nothing to divide by. */
export interface AtThreshold {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** Of those told, the share that is right … */
  readonly precision: number | null;
  /** … of those to be told, the share that is told … */
  readonly recall: number | null;
  readonly f1: number | null;
  /** … and of those not to be told, the share that is told. */
  readonly falsePositiveRate: number | null;
}

/** Rows that score `threshold` or more are told. */
export function atThreshold(ranking: Ranking, threshold: number): AtThreshold {
  const { points, positives, negatives } = ranking;
  const told = points.findLast((point) => point.threshold >= threshold);
  const truePositives = told?.truePositives ?? 0;
  const falsePositives = told?.falsePositives ?? 0;
  return {
    threshold,
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: negatives - falsePositives,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, positives),
    f1: ratio(2 * truePositives, truePositives + falsePositives + positives),
    falsePositiveRate: ratio(falsePositives, negatives),
  };
}

/** The lowest threshold at which at most that share of the negative rows is told. */
export function atFalsePositiveRate(ranking: Ranking, rate: number): AtThreshold | null {
  const { points, positives, negatives } = ranking;
  if (positives === 0 || negatives === 0) return null;
  const point = points.findLast(({ falsePositives }) => falsePositives <= rate * negatives);
  return atThreshold(ranking, point?.threshold ?? Number.POSITIVE_INFINITY);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
