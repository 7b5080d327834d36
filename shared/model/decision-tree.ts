/** One tree as parallel arrays; node 0 is the root. */
export interface DecisionTree {
  /** The feature a node asks for; -1 for a leaf. */
  readonly feature: Int32Array;
  /** What goes left is smaller, as 32-bit numbers are compared; of a leaf, what it adds. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** The weight of the training rows that came by (sums of second derivatives). */
  readonly cover: Float32Array;
}

/** Where a row of values ends, in margin space. Values are 32-bit numbers, NaN for missing. */
export function leafValue(tree: DecisionTree, values: ArrayLike<number>): number {
  const { feature, threshold, left, right, missingLeft } = tree;
  let node = 0;
  for (let asked = feature[0]!; asked >= 0; asked = feature[node]!) {
    const value = values[asked]!;
    const goesLeft = value < threshold[node]! || (Number.isNaN(value) && missingLeft[node] === 1);
    node = goesLeft ? left[node]! : right[node]!;
  }
  return threshold[node]!;
}
