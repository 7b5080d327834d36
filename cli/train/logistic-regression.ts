import { solvePositive } from './solve-positive.ts';
import { checkTrainingData, type TrainingData } from './training-data.ts';

/** What every other model is measured against. */
export interface LogisticRegression {
  /** One score per row, from 0 to 1. */
  score(columns: readonly Float32Array[]): Float64Array;
}

/** How a feature's values are made comparable. */
interface Scale {
  readonly mean: number;
  readonly deviation: number;
  /** Missing in some training rows, so that missing has a weight of its own. */
  readonly hasMissing: boolean;
}

const STEPS_MAX = 50;
/** Values further out say no more; a new one far from all that was seen does not decide alone. */
const DEVIATIONS_MAX = 10;

/**
 * Logistic regression with L2: features are standardised, a missing value becomes the mean and
 * raises a flag of its own. Solved by Newton's steps (iteratively reweighted least squares), each
 * halved until the loss falls.
 *
 * @param l2 the penalty on the square of a weight, against the sum of the losses.
 * @throws RangeError for rows that nothing can be learnt from.
 */
export function trainLogisticRegression(training: TrainingData, l2 = 1): LogisticRegression {
  checkTrainingData(training);
  const scales = training.columns.map(scaleOf);
  const rows = designRows(training.columns, scales);
  const weights = fitted(rows, training.labels, l2);
  return {
    score(columns) {
      const { width, values } = designRows(columns, scales);
      const count = values.length / width;
      return Float64Array.from({ length: count }, (_, row) =>
        probability(marginOf(values, row * width, weights)),
      );
    },
  };
}

interface DesignRows {
  readonly width: number;
  /** Row after row; the first value of each is 1. */
  readonly values: Float32Array;
}

function designRows(columns: readonly Float32Array[], scales: readonly Scale[]): DesignRows {
  const width = 1 + scales.reduce((sum, { hasMissing }) => sum + (hasMissing ? 2 : 1), 0);
  const count = columns[0]?.length ?? 0;
  const values = new Float32Array(count * width);
  for (let row = 0; row < count; row++) values[row * width] = 1;
  let at = 1;
  scales.forEach(({ mean, deviation, hasMissing }, feature) => {
    const column = columns[feature]!;
    for (let row = 0; row < count; row++) {
      const value = column[row]!;
      if (Number.isNaN(value)) {
        if (hasMissing) values[row * width + at + 1] = 1;
        continue;
      }
      const scaled = (value - mean) / deviation;
      values[row * width + at] = Math.max(-DEVIATIONS_MAX, Math.min(DEVIATIONS_MAX, scaled));
    }
    at += hasMissing ? 2 : 1;
  });
  return { width, values };
}

function scaleOf(column: Float32Array): Scale {
  let count = 0;
  let sum = 0;
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (const value of column) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, count));
  return { mean, deviation: deviation > 0 ? deviation : 1, hasMissing: count < column.length };
}

function fitted({ width, values }: DesignRows, labels: Uint8Array, l2: number): Float64Array {
  let weights: Float64Array = new Float64Array(width);
  let loss = lossOf(values, width, labels, weights, l2);
  for (let step = 0; step < STEPS_MAX; step++) {
    const { gradient, hessian } = derivatives(values, width, labels, weights, l2);
    const direction = solvePositive(hessian, gradient);
    let size = 1;
    let moved = weights;
    let after = Number.POSITIVE_INFINITY;
    for (; size > 1e-6 && !(after < loss); size /= 2) {
      moved = weights.map((weight, at) => weight - size * direction[at]!);
      after = lossOf(values, width, labels, moved, l2);
    }
    if (!(after < loss)) return weights;
    const gained = loss - after;
    weights = moved;
    loss = after;
    if (gained < 1e-9 * loss) return weights;
  }
  return weights;
}

/** Of the loss; the intercept, which comes first, is not drawn towards 0. */
function derivatives(
  values: Float32Array,
  width: number,
  labels: Uint8Array,
  weights: Float64Array,
  l2: number,
): { readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const gradient = weights.map((weight, at) => (at === 0 ? 0 : l2 * weight));
  const hessian = new Float64Array(width * width);
  for (let at = 0; at < width; at++) hessian[at * width + at] = at === 0 ? 1e-9 : l2;
  for (let row = 0; row < labels.length; row++) {
    const from = row * width;
    const score = probability(marginOf(values, from, weights));
    const error = score - labels[row]!;
    const curve = score * (1 - score);
    for (let i = 0; i < width; i++) {
      const value = values[from + i]!;
      if (value === 0) continue;
      gradient[i] = gradient[i]! + error * value;
      const scaled = curve * value;
      for (let j = 0; j <= i; j++) {
        hessian[i * width + j] = hessian[i * width + j]! + scaled * values[from + j]!;
      }
    }
  }
  return { gradient, hessian };
}

function lossOf(
  values: Float32Array,
  width: number,
  labels: Uint8Array,
  weights: Float64Array,
  l2: number,
): number {
  let sum = 0;
  for (let at = 1; at < width; at++) sum += (l2 / 2) * weights[at]! ** 2;
  for (let row = 0; row < labels.length; row++) {
    const margin = marginOf(values, row * width, weights);
    const towards = labels[row] === 1 ? -margin : margin;
    sum += Math.max(towards, 0) + Math.log1p(Math.exp(-Math.abs(towards)));
  }
  return sum;
}

function marginOf(values: Float32Array, from: number, weights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += weights[at]! * values[from + at]!;
  return sum;
}

function probability(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}
