/** Whether scores are probabilities. */
export interface Calibration {
  /** The mean squared distance of score and label … */
  readonly brier: number | null;
  /** … and that of who tells every row the share of positives: the score to beat. */
  readonly brierOfShare: number | null;
  /** The mean distance of score and share over the bins, weighted by their rows. */
  readonly expectedError: number | null;
  /** As many rows in each, from the lowest scores to the highest; equal scores are not parted. */
  readonly bins: readonly CalibrationBin[];
}

interface CalibrationBin {
  readonly rows: number;
  readonly meanScore: number;
  /** Of positive rows. */
  readonly share: number;
}

/** Bins by rank, because most scores of a rare thing lie close to 0. */
export function calibration(
  scores: Float64Array,
  labels: Uint8Array,
  binCount: number,
): Calibration {
  const rows = scores.length;
  if (rows === 0) return { brier: null, brierOfShare: null, expectedError: null, bins: [] };
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  const bins: CalibrationBin[] = [];
  let from = 0;
  for (let bin = 1; bin <= binCount && from < rows; bin++) {
    let to = Math.max(from, Math.round((bin * rows) / binCount));
    while (to > from && to < rows && scores[order[to]!] === scores[order[to - 1]!]) to++;
    if (to === from) continue;
    bins.push(binOf(order.subarray(from, to), scores, labels));
    from = to;
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const squares = scores.reduce((sum, score, row) => sum + (score - labels[row]!) ** 2, 0);
  const distances = bins.map((bin) => bin.rows * Math.abs(bin.meanScore - bin.share));
  return {
    brier: squares / rows,
    brierOfShare: (positives / rows) * (1 - positives / rows),
    expectedError: distances.reduce((sum, distance) => sum + distance, 0) / rows,
    bins,
  };
}

function binOf(rows: Uint32Array, scores: Float64Array, labels: Uint8Array): CalibrationBin {
  return {
    rows: rows.length,
    meanScore: rows.reduce((sum, row) => sum + scores[row]!, 0) / rows.length,
    share: rows.reduce((sum, row) => sum + labels[row]!, 0) / rows.length,
  };
}
