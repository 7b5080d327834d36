import { readXgboostModel, type TreeEnsemble } from '../../shared/model/tree-ensemble.ts';
import { columnsOfRows, type LabelledRow, labelsOf } from '../evaluate/labelled-row.ts';
import { type ChosenThresholds, chooseThresholds } from './choose-thresholds.ts';
import { type LogisticRegression, trainLogisticRegression } from './logistic-regression.ts';
import { trainTrees } from './train-trees.ts';
import type { TreeParameters } from './tree-parameters.ts';
import { xgboostModel } from './write-xgboost-model.ts';

/** What was learnt from rows: trees, and the plain model they are compared with. */
export interface Learnt {
  /** The model's file. */
  readonly text: string;
  readonly ensemble: TreeEnsemble;
  readonly thresholds: ChosenThresholds;
  readonly logistic: LogisticRegression;
  /** From which score of the plain model on as many honest ones are looked at. */
  readonly logisticThreshold: number;
}

interface LearnOptions {
  readonly parameters: Partial<TreeParameters>;
  /** Written into the file beside the thresholds. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The later part of the rows says when to stop and where the thresholds lie. */
const VALIDATION_SHARE = 0.25;

/**
 * Learns from rows in the order of their times. What was found on the later part, how many trees
 * and which thresholds, is kept; then both models are fitted to all rows.
 *
 * @throws RangeError where either part lacks frauds or honest ones.
 */
export function learn(
  names: readonly string[],
  rows: readonly LabelledRow[],
  { parameters, attributes }: LearnOptions,
): Learnt {
  const cut = Math.round(rows.length * (1 - VALIDATION_SHARE));
  const [earlier, later] = [rows.slice(0, cut), rows.slice(cut)];
  checkParts(earlier, later);
  const [training, validation, all] = [earlier, later, rows].map((part) =>
    columnsOfRows(names, part),
  );
  if (!training || !validation || !all) throw new RangeError('Cannot train: there are no rows');
  const tried = trainTrees(training, { ...parameters, validation });
  const thresholds = chooseThresholds(
    tried.validationScores ?? new Float64Array(later.length),
    validation.labels,
  );
  const trees = trainTrees(all, { ...parameters, rounds: Math.max(1, tried.trees.length) });
  const text = xgboostModel(trees, {
    ...attributes,
    review_threshold: String(thresholds.review),
    ...(thresholds.block !== null && { block_threshold: String(thresholds.block) }),
  });
  const plain = trainLogisticRegression(training).score(validation.columns);
  return {
    text,
    ensemble: readXgboostModel(JSON.parse(text)),
    thresholds,
    logistic: trainLogisticRegression(all),
    logisticThreshold: chooseThresholds(plain, validation.labels).review,
  };
}

function checkParts(earlier: readonly LabelledRow[], later: readonly LabelledRow[]): void {
  for (const [part, rows] of [
    ['earlier', earlier],
    ['later', later],
  ] as const) {
    const frauds = labelsOf(rows).reduce((sum, label) => sum + label, 0);
    if (frauds > 0 && frauds < rows.length) continue;
    throw new RangeError(
      `Cannot train: the ${part} part of the labelled rows must hold both frauds and honest ones; take a longer time: received ${frauds} frauds of ${rows.length}`,
    );
  }
}
