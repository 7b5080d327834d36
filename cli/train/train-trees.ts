import { createRandom, type Random } from '../../shared/random/random.ts';
import { type BinnedColumn, binColumn, chooseCuts } from './bin-columns.ts';
import { addTree, type GrownTree, growTree } from './grow-tree.ts';
import { histograms } from './histogram.ts';
import { checkTrainingData, type TrainingData } from './training-data.ts';
import {
  checkTreeParameters,
  defaultTreeParameters,
  type TreeParameters,
} from './tree-parameters.ts';

export interface TrainedTrees {
  readonly names: readonly string[];
  readonly cuts: readonly Float32Array[];
  readonly trees: readonly GrownTree[];
  /** The share of label 1 in the training rows, by weight: the score of who knows nothing. */
  readonly baseScore: number;
  readonly parameters: TreeParameters;
  /** Scores of the validation rows, by the trees that were kept. */
  readonly validationScores: Float64Array | undefined;
}

interface Options extends Partial<TreeParameters> {
  /** Rows of later times: the trees behind the lowest log loss on them are dropped. */
  readonly validation?: TrainingData;
  /** Told after each round. */
  readonly onRound?: (round: number, validationLoss: number | undefined) => void;
}

/**
 * Gradient-boosted trees with logistic loss, grown over histograms. The same rows, parameters and
 * seed give the same trees.
 *
 * @throws RangeError for rows or parameters that nothing can be learnt with.
 */
export function trainTrees(training: TrainingData, options: Options = {}): TrainedTrees {
  const { validation, onRound, ...given } = options;
  const parameters = { ...defaultTreeParameters, ...given };
  checkTreeParameters(parameters);
  checkTrainingData(training);
  const cuts = training.columns.map((column) => chooseCuts(column, parameters.maxBins));
  const columns = training.columns.map((column, index) => binColumn(column, cuts[index]!));
  const baseScore = baseScoreOf(training.labels, parameters.scalePosWeight);
  const learning = boosting(columns, training.labels, baseScore, parameters);
  const watched = validation === undefined ? undefined : watch(validation, cuts, baseScore);

  const trees: GrownTree[] = [];
  let best = { loss: Number.POSITIVE_INFINITY, count: 0 };
  let kept: Float64Array | undefined;
  for (let round = 1; round <= parameters.rounds; round++) {
    const tree = learning.next();
    trees.push(tree);
    if (watched === undefined) {
      onRound?.(round, undefined);
      continue;
    }
    addTree(watched.margins, tree, watched.columns);
    const loss = logLoss(watched.margins, watched.labels);
    onRound?.(round, loss);
    if (loss < best.loss) {
      best = { loss, count: round };
      kept = watched.margins.slice();
    } else if (round - best.count >= parameters.earlyStoppingRounds) break;
  }
  return {
    names: training.names,
    cuts,
    trees: watched === undefined ? trees : trees.slice(0, best.count),
    baseScore,
    parameters,
    validationScores: kept?.map((margin) => 1 / (1 + Math.exp(-margin))),
  };
}

/** Each call grows one more tree, towards what the trees before it got wrong. */
function boosting(
  columns: readonly BinnedColumn[],
  labels: Uint8Array,
  baseScore: number,
  parameters: TreeParameters,
): { next(): GrownTree } {
  const random = createRandom(parameters.seed);
  const made = histograms(columns);
  const margins = new Float64Array(labels.length).fill(marginOf(baseScore));
  const derivatives = new Float64Array(2 * labels.length);
  return {
    next() {
      for (let row = 0; row < labels.length; row++) {
        const label = labels[row]!;
        const weight = label === 1 ? parameters.scalePosWeight : 1;
        const score = 1 / (1 + Math.exp(-margins[row]!));
        derivatives[2 * row] = weight * (score - label);
        derivatives[2 * row + 1] = weight * Math.max(score * (1 - score), 1e-16);
      }
      const rows = sampleRows(labels.length, parameters.subsample, random);
      const features = sampleFeatures(columns.length, parameters.colsampleByTree, random);
      const tree = growTree(columns, made, derivatives, rows, features, parameters);
      addTree(margins, tree, columns);
      return tree;
    },
  };
}

function watch(data: TrainingData, cuts: readonly Float32Array[], baseScore: number) {
  return {
    columns: data.columns.map((column, index) => binColumn(column, cuts[index]!)),
    labels: data.labels,
    margins: new Float64Array(data.labels.length).fill(marginOf(baseScore)),
  };
}

function sampleRows(count: number, share: number, random: Random): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return share === 1 ? rows : rows.filter(() => random.chance(share));
}

/** In order; never none. */
function sampleFeatures(count: number, share: number, random: Random): readonly number[] {
  const left = Array.from({ length: count }, (_, feature) => feature);
  const size = Math.max(1, Math.round(share * count));
  while (left.length > size) left.splice(random.integer(0, left.length - 1), 1);
  return left;
}

/** To 9 digits, which is what the file will say. */
function baseScoreOf(labels: Uint8Array, scalePosWeight: number): number {
  const positives = labels.reduce((sum, label) => sum + label, 0) * scalePosWeight;
  const negatives = labels.length - labels.reduce((sum, label) => sum + label, 0);
  return Number((positives / (positives + negatives)).toPrecision(9));
}

/** As the reader of the file computes it. */
function marginOf(score: number): number {
  return Math.log(score / (1 - score));
}

function logLoss(margins: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const towards = labels[row] === 1 ? -margins[row]! : margins[row]!;
    // log(1 + e^x) without overflow
    sum += Math.max(towards, 0) + Math.log1p(Math.exp(-Math.abs(towards)));
  }
  return sum / labels.length;
}
