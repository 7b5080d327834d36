import type { TreeParameters } from './tree-parameters.ts';

/**
 * How trees learn from a week or so of card transactions, of which one in a hundred is fraud.
 */
export const transactionParameters: Partial<TreeParameters> = {};
