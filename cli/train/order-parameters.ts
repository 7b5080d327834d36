import type { TreeParameters } from './tree-parameters.ts';

/**
 * How trees learn from the shop's orders, of which few are fraud and of which much is known: each
 * tree sees a part of the features, and leaves are held back. Chosen on later orders of a simulated
 * crowd's training time. Reasons are told with each score, and cost by the leaf: so few trees.
 */
export const orderParameters: Partial<TreeParameters> = {
  rounds: 150,
  maxDepth: 4,
  lambda: 5,
  colsampleByTree: 0.3,
};
