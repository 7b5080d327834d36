import type { Ranking } from './ranking.ts';

/**
 * The mean of the precision over the recall, step by step and not interpolated, as scikit-learn's
 * `average_precision_score` has it; null without a positive row.
 */
export function averagePrecision({ points, positives }: Ranking): number | null {
  if (positives === 0) return null;
  let sum = 0;
  let before = 0;
  for (const { truePositives, falsePositives } of points) {
    const precision = truePositives / (truePositives + falsePositives);
    sum += (truePositives - before) * precision;
    before = truePositives;
  }
  return sum / positives;
}
