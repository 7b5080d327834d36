import { createRandom } from '../../../shared/random/random.ts';
import { averagePrecision } from './average-precision.ts';
import { ranking } from './ranking.ts';

/** How far the average precision may be off because the held-out rows are these and no others. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The middle 95 % of the average precision over draws of as many rows with replacement (percentile
 * bootstrap); null where hardly a draw has a positive row.
 */
export function bootstrapInterval(
  scores: Float64Array,
  labels: Uint8Array,
  { draws = 200, seed = 7 }: { readonly draws?: number; readonly seed?: number } = {},
): Interval | null {
  const random = createRandom(seed);
  const rows = scores.length;
  const found: number[] = [];
  const drawnScores = new Float64Array(rows);
  const drawnLabels = new Uint8Array(rows);
  for (let draw = 0; draw < draws && rows > 0; draw++) {
    for (let at = 0; at < rows; at++) {
      const row = random.integer(0, rows - 1);
      drawnScores[at] = scores[row]!;
      drawnLabels[at] = labels[row]!;
    }
    const value = averagePrecision(ranking(drawnScores, drawnLabels));
    if (value !== null) found.push(value);
  }
  if (found.length === 0 || found.length < draws / 2) return null;
  found.sort((a, b) => a - b);
  const at = (share: number): number => found[Math.floor(share * (found.length - 1))]!;
  return { low: at(0.025), high: at(0.975) };
}
