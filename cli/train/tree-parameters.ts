/** How trees are grown; names and meanings are XGBoost's. */
export interface TreeParameters {
  readonly rounds: number;
  readonly learningRate: number;
  readonly maxDepth: number;
  /** The least sum of second derivatives on each side of a split. */
  readonly minChildWeight: number;
  /** L2 on what a leaf adds. */
  readonly lambda: number;
  /** The least gain of a split. It is asked while the tree grows; nothing is pruned afterwards. */
  readonly gamma: number;
  /** The share of rows that each tree sees … */
  readonly subsample: number;
  /** … and of features. */
  readonly colsampleByTree: number;
  /** How much a row with label 1 weighs. Other than 1, scores are no probabilities any more. */
  readonly scalePosWeight: number;
  readonly maxBins: number;
  /** Rounds without a better log loss on the validation rows, after which it ends. */
  readonly earlyStoppingRounds: number;
  readonly seed: number;
}

export const defaultTreeParameters: TreeParameters = {
  rounds: 300,
  learningRate: 0.1,
  maxDepth: 5,
  minChildWeight: 1,
  lambda: 1,
  gamma: 0,
  subsample: 0.8,
  colsampleByTree: 0.8,
  scalePosWeight: 1,
  maxBins: 255,
  earlyStoppingRounds: 30,
  seed: 7,
};

const bounds: Readonly<Record<keyof TreeParameters, readonly [number, number]>> = {
  rounds: [1, 2_000],
  learningRate: [0.001, 1],
  maxDepth: [1, 16],
  minChildWeight: [1e-6, 1e9],
  lambda: [0, 1e9],
  gamma: [0, 1e9],
  subsample: [0.01, 1],
  colsampleByTree: [0.01, 1],
  scalePosWeight: [1e-6, 1e6],
  maxBins: [2, 255],
  earlyStoppingRounds: [1, 2_000],
  seed: [0, 2 ** 32 - 1],
};

/** @throws RangeError for a parameter out of its bounds. */
export function checkTreeParameters(parameters: TreeParameters): void {
  for (const name of Object.keys(bounds) as (keyof TreeParameters)[]) {
    const [least, most] = bounds[name];
    const value = parameters[name];
    if (!(value >= least && value <= most)) {
      throw new RangeError(
        `Cannot train: ${name} must be from ${least} to ${most}: received ${value}`,
      );
    }
  }
}
