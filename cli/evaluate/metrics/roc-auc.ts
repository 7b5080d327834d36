import type { Ranking } from './ranking.ts';

/**
 * How likely a positive row scores above a negative one, equal scores counted half; null where a
 * class is missing.
 */
export function rocAuc({ points, positives, negatives }: Ranking): number | null {
  if (positives === 0 || negatives === 0) return null;
  let area = 0;
  let before = { truePositives: 0, falsePositives: 0 };
  for (const point of points) {
    const width = point.falsePositives - before.falsePositives;
    area += width * ((point.truePositives + before.truePositives) / 2);
    before = point;
  }
  return area / (positives * negatives);
}
