import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leafValue } from '../../../shared/model/decision-tree.ts';
import { leafPaths } from '../../../shared/model/leaf-paths.ts';
import { expectedValue, shapleyValues } from '../../../shared/model/shapley-values.ts';
import { coverOf, type DrawnTree, drawnRows, drawnTrees, packedTree } from './random-trees.ts';

const FEATURES = 4;
type Row = readonly (number | null)[];

describe('shapleyValues()', () => {
  test('are the mean of what a feature adds over all orders in which features become known', () => {
    fc.assert(
      fc.property(fc.array(drawnTrees(FEATURES), { maxLength: 3 }), drawnRows(FEATURES), check),
      { numRuns: 500 },
    );
    function check(drawn: readonly DrawnTree[], row: Row): void {
      const values = Float32Array.from(row, (value) => value ?? Number.NaN);
      const found = shapleyValues(leafPaths(drawn.map(packedTree)), values, FEATURES);
      for (let feature = 0; feature < FEATURES; feature++) {
        expect(found[feature]).toBeCloseTo(sharesByDefinition(drawn, row, feature), 9);
      }
    }
  });

  test('add up to the margin less what is expected', () => {
    fc.assert(
      fc.property(fc.array(drawnTrees(6), { maxLength: 6 }), drawnRows(6), (drawn, row) => {
        const trees = drawn.map(packedTree);
        const values = Float32Array.from(row, (value) => value ?? Number.NaN);
        const margin = trees.reduce((sum, tree) => sum + leafValue(tree, values), 0);
        const paths = leafPaths(trees);
        const shares = shapleyValues(paths, values, 6).reduce((sum, share) => sum + share, 0);
        expect(expectedValue(paths) + shares).toBeCloseTo(margin, 9);
      }),
    );
  });
});

function sharesByDefinition(trees: readonly DrawnTree[], row: Row, feature: number): number {
  let sum = 0;
  const others = Array.from({ length: FEATURES }, (_, other) => other).filter((o) => o !== feature);
  for (let subset = 0; subset < 2 ** others.length; subset++) {
    const known = new Set(others.filter((_, index) => (subset >> index) & 1));
    const weight =
      (factorial(known.size) * factorial(FEATURES - known.size - 1)) / factorial(FEATURES);
    const before = worth(trees, row, known);
    sum += weight * (worth(trees, row, new Set([...known, feature])) - before);
  }
  return sum;
}

/** What trees answer on average to who knows some features, by the cover of the others' sides. */
function worth(trees: readonly DrawnTree[], row: Row, known: ReadonlySet<number>): number {
  return trees.reduce((sum, tree) => sum + worthOf(tree), 0);
  function worthOf(tree: DrawnTree): number {
    if ('value' in tree) return tree.value;
    const { left, right } = tree;
    if (known.has(tree.feature)) {
      const value = row[tree.feature];
      const goesLeft = typeof value === 'number' ? value < tree.threshold : tree.missingLeft;
      return worthOf(goesLeft ? left : right);
    }
    const cover = coverOf(tree);
    return (worthOf(left) * coverOf(left) + worthOf(right) * coverOf(right)) / cover;
  }
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
