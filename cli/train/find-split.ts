import type { BinnedColumn } from './bin-columns.ts';
import type { Histogram } from './histogram.ts';
import type { TreeParameters } from './tree-parameters.ts';

/** Sums of first and second derivatives. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

export interface Split {
  readonly feature: number;
  /** The last bin that goes left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Twice what the loss falls by, as XGBoost tells it. */
  readonly gain: number;
  readonly left: Sums;
  readonly right: Sums;
}

/** Gains below are noise of the sums. */
const GAIN_MIN = 1e-6;

/**
 * The split of a node that gains most (Chen and Guestrin, “XGBoost: a scalable tree boosting
 * system”, 2016, algorithm 3): each cut is tried with the missing on either side. Where none is
 * missing, a later missing value goes with the majority.
 */
export function findSplit(
  histogram: Histogram,
  offsets: Int32Array,
  columns: readonly BinnedColumn[],
  features: readonly number[],
  total: Sums,
  parameters: TreeParameters,
): Split | undefined {
  const { lambda, gamma, minChildWeight } = parameters;
  const { gradient: g, hessian: h } = total;
  const before = (g * g) / (h + lambda);
  let best: Split | undefined;
  let bestGain = Math.max(gamma, GAIN_MIN);
  for (const feature of features) {
    const { cuts, hasMissing } = columns[feature]!;
    const offset = offsets[feature]!;
    const missingH = hasMissing ? histogram[offset + 1]! : 0;
    const missingG = hasMissing ? histogram[offset]! : 0;
    const isMissing = missingH > 1e-9 * h;
    let knownG = 0;
    let knownH = 0;
    // The last one leaves nothing but the missing on the right.
    for (let bin = 1; bin <= cuts.length + (isMissing ? 1 : 0); bin++) {
      knownG += histogram[offset + 2 * bin]!;
      knownH += histogram[offset + 2 * bin + 1]!;
      for (let side = 0; side < (isMissing ? 2 : 1); side++) {
        const leftG = side === 1 ? knownG + missingG : knownG;
        const leftH = side === 1 ? knownH + missingH : knownH;
        const rightH = h - leftH;
        if (leftH < minChildWeight || rightH < minChildWeight) continue;
        const rightG = g - leftG;
        const gain =
          (leftG * leftG) / (leftH + lambda) + (rightG * rightG) / (rightH + lambda) - before;
        if (!(gain > bestGain)) continue;
        bestGain = gain;
        best = {
          feature,
          bin,
          missingLeft: isMissing ? side === 1 : leftH > rightH,
          gain,
          left: { gradient: leftG, hessian: leftH },
          right: { gradient: rightG, hessian: rightH },
        };
      }
    }
  }
  return best;
}
