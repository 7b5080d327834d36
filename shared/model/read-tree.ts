import type { DecisionTree } from './decision-tree.ts';
import { ModelError } from './model-error.ts';
import type { XgboostTree } from './xgboost-document.ts';

const DEPTH_MAX = 64;

/**
 * One tree of a model file, checked: from the root every node is met once and asks for a feature
 * there is. Nodes that pruning left behind are met by nobody and stay unread.
 *
 * @throws ModelError that says which tree and node is wrong.
 */
export function readTree(source: XgboostTree, at: number, featureCount: number): DecisionTree {
  const size = source.left_children.length;
  const fail = (what: string): never => {
    throw new ModelError(`Cannot read model: tree ${at}: ${what}`);
  };
  const lengths = [
    source.right_children,
    source.split_indices,
    source.split_conditions,
    source.default_left,
    source.sum_hessian,
  ].map(({ length }) => length);
  if (size === 0) fail('it has no node');
  if (lengths.some((length) => length !== size)) {
    fail(`its arrays differ in length: received ${[size, ...lengths].join(', ')}`);
  }
  if (source.split_type?.some((type) => type !== 0) || (source.categories_nodes?.length ?? 0) > 0) {
    fail('it splits by categories, which are not read; encode them as numbers');
  }
  if (Number(source.tree_param?.size_leaf_vector ?? 0) > 1) fail('its leaves hold several values');

  const feature = new Int32Array(size).fill(-1);
  const met = new Uint8Array(size);
  const toVisit = [{ node: 0, depth: 0 }];
  for (let visit = toVisit.pop(); visit !== undefined; visit = toVisit.pop()) {
    const { node, depth } = visit;
    if (!(node >= 0 && node < size)) fail(`a child is not in it: received node ${node}`);
    if (met[node] === 1) fail(`a node has two parents: received node ${node}`);
    if (depth > DEPTH_MAX) fail(`it is deeper than ${DEPTH_MAX}`);
    met[node] = 1;
    if (!Number.isFinite(source.split_conditions[node])) fail(`node ${node} holds no number`);
    if (!(source.sum_hessian[node]! >= 0)) fail(`the cover of node ${node} is below 0`);
    const [left, right] = [source.left_children[node]!, source.right_children[node]!];
    if (left === -1 && right === -1) continue;
    const asked = source.split_indices[node]!;
    if (!(asked >= 0 && asked < featureCount)) {
      fail(`a node asks for a feature that the model has not: received feature ${asked}`);
    }
    feature[node] = asked;
    toVisit.push({ node: right, depth: depth + 1 }, { node: left, depth: depth + 1 });
  }
  return {
    feature,
    threshold: Float32Array.from(source.split_conditions),
    left: Int32Array.from(source.left_children),
    right: Int32Array.from(source.right_children),
    missingLeft: Uint8Array.from(source.default_left, Number),
    cover: Float32Array.from(source.sum_hessian),
  };
}
