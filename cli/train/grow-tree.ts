import type { BinnedColumn } from './bin-columns.ts';
import { findSplit, type Split, type Sums } from './find-split.ts';
import type { Histogram, Histograms } from './histogram.ts';
import type { TreeParameters } from './tree-parameters.ts';

export interface GrownNode {
  readonly parent: number;
  readonly sums: Sums;
  /** What the node adds to the margin if it is a leaf, a 32-bit number. */
  readonly weight: number;
  split?: Split & { readonly leftNode: number; readonly rightNode: number };
}

/** Node 0 is the root; children come behind their parent. */
export type GrownTree = readonly GrownNode[];

interface Open {
  readonly node: number;
  readonly rows: Int32Array;
  readonly depth: number;
  readonly histogram: Histogram;
}

/**
 * One tree, level by level. Of two children the smaller one is counted, the other one is what is
 * left of the parent.
 *
 * @param derivatives first and second of every row, in pairs.
 */
export function growTree(
  columns: readonly BinnedColumn[],
  made: Histograms,
  derivatives: Float64Array,
  rows: Int32Array,
  features: readonly number[],
  parameters: TreeParameters,
): GrownTree {
  const total = sumsOf(rows, derivatives);
  const tree: GrownNode[] = [nodeOf(-1, total, parameters)];
  const open: Open[] = [
    { node: 0, rows, depth: 0, histogram: made.of(rows, gathered(rows, derivatives), features) },
  ];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { sums } = tree[next.node]!;
    const split = findSplit(next.histogram, made.offsets, columns, features, sums, parameters);
    if (split === undefined) {
      made.giveBack(next.histogram);
      continue;
    }
    const [leftNode, rightNode] = [tree.length, tree.length + 1];
    tree[next.node]!.split = { ...split, leftNode, rightNode };
    tree.push(nodeOf(next.node, split.left, parameters));
    tree.push(nodeOf(next.node, split.right, parameters));
    const depth = next.depth + 1;
    if (depth === parameters.maxDepth) {
      made.giveBack(next.histogram);
      continue;
    }
    const [left, right] = partition(next.rows, columns[split.feature]!.bins, split);
    const smaller = left.length <= right.length ? left : right;
    const counted = made.of(smaller, gathered(smaller, derivatives), features);
    const rest = made.rest(next.histogram, counted);
    const [leftSums, rightSums] = smaller === left ? [counted, rest] : [rest, counted];
    open.push({ node: leftNode, rows: left, depth, histogram: leftSums });
    open.push({ node: rightNode, rows: right, depth, histogram: rightSums });
  }
  return tree;
}

/** What a tree adds to each row's margin. */
export function addTree(
  margins: Float64Array,
  tree: GrownTree,
  columns: readonly BinnedColumn[],
): void {
  for (let row = 0; row < margins.length; row++) {
    let node = tree[0]!;
    for (let split = node.split; split !== undefined; split = node.split) {
      const bin = columns[split.feature]!.bins[row]!;
      const goesLeft = bin === 0 ? split.missingLeft : bin <= split.bin;
      node = tree[goesLeft ? split.leftNode : split.rightNode]!;
    }
    margins[row] = margins[row]! + node.weight;
  }
}

function nodeOf(parent: number, sums: Sums, parameters: TreeParameters): GrownNode {
  const weight = -sums.gradient / (sums.hessian + parameters.lambda);
  return { parent, sums, weight: Math.fround(weight * parameters.learningRate) };
}

function partition(rows: Int32Array, bins: Uint8Array, split: Split): [Int32Array, Int32Array] {
  const left = new Int32Array(rows.length);
  const right = new Int32Array(rows.length);
  let lefts = 0;
  let rights = 0;
  for (const row of rows) {
    const bin = bins[row]!;
    if (bin === 0 ? split.missingLeft : bin <= split.bin) left[lefts++] = row;
    else right[rights++] = row;
  }
  return [left.subarray(0, lefts), right.subarray(0, rights)];
}

/** Next to each other, so that counting reads them in order once for each feature. */
function gathered(rows: Int32Array, derivatives: Float64Array): Float64Array {
  const result = new Float64Array(2 * rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    result[2 * index] = derivatives[2 * row]!;
    result[2 * index + 1] = derivatives[2 * row + 1]!;
  }
  return result;
}

function sumsOf(rows: Int32Array, derivatives: Float64Array): Sums {
  let gradient = 0;
  let hessian = 0;
  for (const row of rows) {
    gradient += derivatives[2 * row]!;
    hessian += derivatives[2 * row + 1]!;
  }
  return { gradient, hessian };
}
