/** How many of both classes score at least so much; one point per score that occurs. */
export interface RankingPoint {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

export interface Ranking {
  /** From the highest score to the lowest. Rows with equal scores are one point. */
  readonly points: readonly RankingPoint[];
  readonly positives: number;
  readonly negatives: number;
}

/** @throws RangeError where scores and labels differ in number, or a score is no number. */
export function ranking(scores: Float64Array, labels: Uint8Array): Ranking {
  if (scores.length !== labels.length) {
    throw new RangeError(
      `Cannot evaluate: each score needs a label: received ${scores.length} and ${labels.length}`,
    );
  }
  if (scores.some(Number.isNaN)) {
    throw new RangeError('Cannot evaluate: each score must be a number: received NaN');
  }
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const points: RankingPoint[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  order.forEach((row, index) => {
    if (labels[row] === 1) truePositives++;
    else falsePositives++;
    const threshold = scores[row]!;
    if (index + 1 < order.length && scores[order[index + 1]!] === threshold) return;
    points.push({ threshold, truePositives, falsePositives });
  });
  return { points, positives: truePositives, negatives: falsePositives };
}
