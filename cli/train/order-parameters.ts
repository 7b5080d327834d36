import type { TreeParameters } from './tree-parameters.ts';

/** How trees learn from the shop's orders: few frauds and many features, so they stay small. */
export const orderParameters: Partial<TreeParameters> = {
  rounds: 400,
  learningRate: 0.05,
  maxDepth: 4,
  minChildWeight: 2,
  colsampleByTree: 0.5,
};
