import { atFalsePositiveRate } from '../evaluate/metrics/at-threshold.ts';
import { type RankingPoint, ranking } from '../evaluate/metrics/ranking.ts';

/** From which score on an order is reviewed, and blocked; null for never. */
export interface ChosenThresholds {
  readonly review: number;
  readonly block: number | null;
}

/** Of the honest, at most so many are looked at. */
const REVIEW_FALSE_POSITIVE_RATE = 0.01;
/** Of the blocked, at least so many must be rightly so … */
const BLOCK_PRECISION = 0.9;
/** … and so few cannot show it. */
const BLOCKED_LEAST = 10;

/**
 * Thresholds from rows that the model was not fitted to. Review: the lowest score at which at most
 * 1 % of the honest rows are told. Block: the lowest score above at which nine of ten told rows are
 * fraud, at least ten of them; otherwise nothing is blocked.
 *
 * @throws RangeError where the rows do not hold both classes.
 */
export function chooseThresholds(scores: Float64Array, labels: Uint8Array): ChosenThresholds {
  const ranked = ranking(scores, labels);
  const reviewed = atFalsePositiveRate(ranked, REVIEW_FALSE_POSITIVE_RATE);
  if (reviewed === null) {
    throw new RangeError(
      `Cannot choose thresholds: both classes must be there: received ${ranked.positives} of ${labels.length} rows with label 1`,
    );
  }
  const review = Math.min(1, reviewed.threshold);
  const blocked = ranked.points.findLast(
    (point) => point.threshold >= review && point.truePositives >= BLOCKED_LEAST && isSure(point),
  );
  return { review: rounded(review), block: blocked ? rounded(blocked.threshold) : null };
}

function isSure({ truePositives, falsePositives }: RankingPoint): boolean {
  return truePositives >= BLOCK_PRECISION * (truePositives + falsePositives);
}

/** Down, so that the row it was chosen by stays told. */
function rounded(threshold: number): number {
  return Math.floor(threshold * 1e6) / 1e6;
}
