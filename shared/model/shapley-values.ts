import type { LeafPaths } from './leaf-paths.ts';

/**
 * What each feature adds to the margin of a row, beside the mean over the training rows: exact
 * Shapley values of the path-dependent game of TreeSHAP (Lundberg et al., “From local explanations
 * to global understanding with explainable AI for trees”, 2020), leaf by leaf.
 *
 * In the game of a leaf a set of known features is worth the leaf's value times the shares of the
 * unknown ones, or nothing where a known one fails its condition. So all that fail contribute the
 * same, and those that hold share the polynomial of the others' shares, which one division each
 * takes out of the common one.
 *
 * @returns one number per feature; they add up to the margin less `expectedValue()`.
 */
export function shapleyValues(
  paths: LeafPaths,
  values: ArrayLike<number>,
  featureCount: number,
): Float64Array {
  const { start, feature, least, below, takesMissing, share } = paths;
  const result = new Float64Array(featureCount);
  const polynomial = new Float64Array(paths.conditionsMax + 1);
  const weights = weightsUpTo(paths.conditionsMax);
  const holds = new Uint8Array(paths.conditionsMax);
  for (let leaf = 0; leaf < paths.leafCount; leaf++) {
    const from = start[leaf]!;
    const size = start[leaf + 1]! - from;
    let worth = paths.value[leaf]!;
    let degree = 0;
    polynomial[0] = 1;
    for (let i = 0; i < size; i++) {
      const at = from + i;
      const value = values[feature[at]!]!;
      const isMissing = Number.isNaN(value);
      const held = isMissing ? takesMissing[at] === 1 : value >= least[at]! && value < below[at]!;
      holds[i] = held ? 1 : 0;
      if (held) {
        polynomial[degree + 1] = polynomial[degree]!;
        for (let t = degree; t > 0; t--) {
          polynomial[t] = polynomial[t - 1]! + polynomial[t]! * share[at]!;
        }
        polynomial[0] = polynomial[0]! * share[at]!;
        degree++;
      } else worth *= share[at]!;
    }
    if (worth === 0 || size === 0) continue;
    const weight = weights[size]!;
    let failed = 0;
    if (degree < size) {
      for (let t = 0; t <= degree; t++) failed += weight[t]! * polynomial[t]!;
      failed *= worth;
    }
    for (let i = 0; i < size; i++) {
      const at = from + i;
      const of = feature[at]!;
      if (holds[i] === 0) {
        result[of] = result[of]! - failed;
        continue;
      }
      let quotient = 0;
      let sum = 0;
      for (let t = degree; t > 0; t--) {
        quotient = polynomial[t]! - share[at]! * quotient;
        sum += weight[t - 1]! * quotient;
      }
      result[of] = result[of]! + worth * (1 - share[at]!) * sum;
    }
  }
  return result;
}

/** The mean of what the leaves add, over the training rows as their covers tell. */
export function expectedValue({ leafCount, value, start, share }: LeafPaths): number {
  let sum = 0;
  for (let leaf = 0; leaf < leafCount; leaf++) {
    let worth = value[leaf]!;
    for (let at = start[leaf]!; at < start[leaf + 1]!; at++) worth *= share[at]!;
    sum += worth;
  }
  return sum;
}

/** `weights[d][t]` is t! (d − t − 1)! / d!: how often a set of t comes before one of d players. */
function weightsUpTo(players: number): readonly Float64Array[] {
  return Array.from({ length: players + 1 }, (_, d) => {
    const weight = new Float64Array(d + 1);
    if (d > 0) weight[0] = 1 / d;
    for (let t = 1; t < d; t++) weight[t] = (weight[t - 1]! * t) / (d - t);
    return weight;
  });
}
