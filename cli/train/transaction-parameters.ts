import type { TreeParameters } from './tree-parameters.ts';

/**
 * How trees learn from a week or so of card transactions, of which one in a hundred is fraud: chosen
 * on the last days of the training week of the Handbook's set, which the test week knows nothing of.
 */
export const transactionParameters: Partial<TreeParameters> = {
  rounds: 600,
  earlyStoppingRounds: 50,
  maxDepth: 5,
  learningRate: 0.05,
};
