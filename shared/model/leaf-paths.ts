import type { DecisionTree } from './decision-tree.ts';

/**
 * Every leaf of an ensemble with what a row must be to end there: for each feature on its path an
 * interval, whether a missing value comes by, and the share of the training rows that would go on
 * if the feature were unknown. A feature asked for twice on a path is one interval.
 */
export interface LeafPaths {
  readonly leafCount: number;
  readonly value: Float64Array;
  /** The conditions of leaf `i` are those from `start[i]` to before `start[i + 1]`. */
  readonly start: Int32Array;
  readonly feature: Int32Array;
  /** At least … */
  readonly least: Float64Array;
  /** … and below. */
  readonly below: Float64Array;
  readonly takesMissing: Uint8Array;
  readonly share: Float64Array;
  readonly conditionsMax: number;
}

interface Condition {
  readonly feature: number;
  readonly least: number;
  readonly below: number;
  readonly takesMissing: boolean;
  readonly share: number;
}

/** @returns the leaves of all trees, one after the other. */
export function leafPaths(trees: readonly DecisionTree[]): LeafPaths {
  const value: number[] = [];
  const start: number[] = [0];
  const conditions: Condition[] = [];
  let conditionsMax = 0;
  for (const tree of trees) {
    const descend = (node: number, path: readonly Condition[]): void => {
      const feature = tree.feature[node]!;
      if (feature < 0) {
        value.push(tree.threshold[node]!);
        conditions.push(...path);
        start.push(conditions.length);
        conditionsMax = Math.max(conditionsMax, path.length);
        return;
      }
      for (const goesLeft of [true, false]) {
        const child = goesLeft ? tree.left[node]! : tree.right[node]!;
        descend(child, narrowed(path, tree, node, goesLeft));
      }
    };
    descend(0, []);
  }
  return {
    leafCount: value.length,
    value: Float64Array.from(value),
    start: Int32Array.from(start),
    feature: Int32Array.from(conditions, ({ feature }) => feature),
    least: Float64Array.from(conditions, ({ least }) => least),
    below: Float64Array.from(conditions, ({ below }) => below),
    takesMissing: Uint8Array.from(conditions, ({ takesMissing }) => Number(takesMissing)),
    share: Float64Array.from(conditions, ({ share }) => share),
    conditionsMax,
  };
}

function narrowed(
  path: readonly Condition[],
  tree: DecisionTree,
  node: number,
  goesLeft: boolean,
): readonly Condition[] {
  const feature = tree.feature[node]!;
  const threshold = tree.threshold[node]!;
  const before = path.find((condition) => condition.feature === feature) ?? {
    feature,
    least: Number.NEGATIVE_INFINITY,
    below: Number.POSITIVE_INFINITY,
    takesMissing: true,
    share: 1,
  };
  const after = {
    feature,
    least: goesLeft ? before.least : Math.max(before.least, threshold),
    below: goesLeft ? Math.min(before.below, threshold) : before.below,
    takesMissing: before.takesMissing && (tree.missingLeft[node] === 1) === goesLeft,
    share: before.share * shareOf(tree, node, goesLeft),
  };
  return [...path.filter((condition) => condition.feature !== feature), after];
}

/** Of the rows at a node those that go on to one side; half where nobody knows. */
function shareOf(tree: DecisionTree, node: number, goesLeft: boolean): number {
  const left = tree.cover[tree.left[node]!]!;
  const right = tree.cover[tree.right[node]!]!;
  return left + right > 0 ? (goesLeft ? left : right) / (left + right) : 0.5;
}
