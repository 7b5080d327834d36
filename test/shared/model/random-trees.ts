import fc from 'fast-check';
import type { DecisionTree } from '../../../shared/model/decision-tree.ts';

/** A tree as it is drawn: a leaf's value, or a question with what lies on both sides. */
export type DrawnTree =
  | { readonly value: number; readonly cover: number }
  | {
      readonly feature: number;
      readonly threshold: number;
      readonly missingLeft: boolean;
      readonly left: DrawnTree;
      readonly right: DrawnTree;
    };

const small = fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8);

export function drawnTrees(featureCount: number): fc.Arbitrary<DrawnTree> {
  return fc.letrec<{ tree: DrawnTree; leaf: DrawnTree; node: DrawnTree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 5, depthSize: 'large' }, tie('leaf'), tie('node'), tie('node')),
    leaf: fc.record({ value: small, cover: fc.integer({ min: 1, max: 50 }) }),
    node: fc.record({
      feature: fc.integer({ min: 0, max: featureCount - 1 }),
      threshold: small,
      missingLeft: fc.boolean(),
      left: tie('tree'),
      right: tie('tree'),
    }),
  })).tree;
}

export const drawnRows = (featureCount: number) =>
  fc.array(fc.option(small, { nil: null }), {
    minLength: featureCount,
    maxLength: featureCount,
  });

export function coverOf(tree: DrawnTree): number {
  return 'value' in tree ? tree.cover : coverOf(tree.left) + coverOf(tree.right);
}

/** The arrays that a drawn tree is written as. */
export function packedTree(drawn: DrawnTree): DecisionTree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const missingLeft: number[] = [];
  const cover: number[] = [];
  function put(tree: DrawnTree): number {
    const node = feature.length;
    const isLeaf = 'value' in tree;
    feature.push(isLeaf ? -1 : tree.feature);
    threshold.push(isLeaf ? tree.value : tree.threshold);
    missingLeft.push(isLeaf ? 0 : Number(tree.missingLeft));
    cover.push(coverOf(tree));
    left.push(-1);
    right.push(-1);
    if (!isLeaf) {
      left[node] = put(tree.left);
      right[node] = put(tree.right);
    }
    return node;
  }
  put(drawn);
  return {
    feature: Int32Array.from(feature),
    threshold: Float32Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(missingLeft),
    cover: Float32Array.from(cover),
  };
}
