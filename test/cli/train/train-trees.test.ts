import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averagePrecision } from '../../../cli/evaluate/metrics/average-precision.ts';
import { ranking } from '../../../cli/evaluate/metrics/ranking.ts';
import { trainLogisticRegression } from '../../../cli/train/logistic-regression.ts';
import { trainTrees } from '../../../cli/train/train-trees.ts';
import type { TrainingData } from '../../../cli/train/training-data.ts';
import { xgboostModel } from '../../../cli/train/write-xgboost-model.ts';
import { readXgboostModel } from '../../../shared/model/tree-ensemble.ts';
import { madeUpRows } from './made-up-rows.ts';

describe('trainTrees()', () => {
  const training = madeUpRows(4_000, 1);
  const validation = madeUpRows(2_000, 2);
  const held = madeUpRows(4_000, 3);

  test('finds what features say together and by being missing, which a linear model does not', () => {
    const trees = trainTrees(training, { validation, maxDepth: 4 });
    const scores = scoresOf(xgboostModel(trees, {}), held);
    const linear = trainLogisticRegression(training).score(held.columns);
    expect(precisionOf(scores, held)).toBeGreaterThan(precisionOf(linear, held)! + 0.1);
  });

  test('writes a file that scores every row as the trainer does', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer({ min: 0, max: 2 ** 31 }),
          maxDepth: fc.integer({ min: 1, max: 6 }),
          maxBins: fc.integer({ min: 2, max: 255 }),
          subsample: fc.constantFrom(0.5, 1),
          colsampleByTree: fc.constantFrom(0.4, 1),
          minChildWeight: fc.constantFrom(0.001, 1, 20),
          scalePosWeight: fc.constantFrom(1, 5),
        }),
        drawnRows(),
        (parameters, rows) => {
          const trained = trainTrees(rows, { ...parameters, validation: rows, rounds: 8 });
          expect([...scoresOf(xgboostModel(trained, {}), rows)]).toEqual([
            ...(trained.validationScores ?? []),
          ]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('says the same again for the same seed, and something else for another', () => {
    const file = (seed: number) => xgboostModel(trainTrees(training, { rounds: 5, seed }), {});
    expect(file(1)).toBe(file(1));
    expect(file(1)).not.toBe(file(2));
  });

  test('keeps the trees up to the lowest log loss on the validation rows', () => {
    const losses: number[] = [];
    const trained = trainTrees(training, {
      validation,
      rounds: 200,
      learningRate: 0.5,
      maxDepth: 8,
      earlyStoppingRounds: 5,
      onRound: (_round, loss) => losses.push(loss!),
    });
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(trained.trees).toHaveLength(best);
    expect(losses).toHaveLength(best + 5);
  });

  test('tells probabilities', () => {
    const scores = scoresOf(xgboostModel(trainTrees(training, { validation }), {}), held);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const share = held.labels.reduce((sum, label) => sum + label, 0) / held.labels.length;
    expect(mean).toBeGreaterThan(share - 0.02);
    expect(mean).toBeLessThan(share + 0.02);
  });

  test('gives a leaf what the derivatives say', () => {
    const trained = trainTrees(
      {
        names: ['a'],
        columns: [Float32Array.from([0, 0, 1, 1])],
        labels: Uint8Array.from([0, 0, 1, 1]),
      },
      { rounds: 1, subsample: 1, colsampleByTree: 1, minChildWeight: 0.1, learningRate: 0.5 },
    );
    const [root, left, right] = trained.trees[0]!;
    expect(root?.split).toMatchObject({ feature: 0, bin: 1 });
    // Two rows, each with a gradient of ± 0.5 and a curve of 0.25; lambda is 1.
    expect(root?.split?.gain).toBeCloseTo(2 * (1 / 1.5), 9);
    expect(left?.weight).toBeCloseTo(-0.5 / 1.5, 6);
    expect(right?.weight).toBeCloseTo(0.5 / 1.5, 6);
  });

  test.each([
    ['one class', { labels: new Uint8Array(4) }, {}, 'both classes'],
    ['a column too few', { names: ['a', 'b'] }, {}, 'each feature needs a column'],
    ['a row too few', { columns: [new Float32Array(3)] }, {}, 'a has 3 of 4'],
    ['a parameter out of bounds', {}, { subsample: 0 }, 'subsample must be from 0.01 to 1'],
  ])('refuses %s', (_, rows, parameters, message) => {
    const sound = {
      names: ['a'],
      columns: [new Float32Array(4)],
      labels: Uint8Array.from([0, 0, 1, 1]),
    };
    expect(() => trainTrees({ ...sound, ...rows }, parameters)).toThrow(message);
  });
});

/** Few and many different values, ties, missing ones, and both classes. */
function drawnRows(): fc.Arbitrary<TrainingData> {
  const value = fc.oneof(
    fc.constant(Number.NaN),
    fc.integer({ min: -3, max: 3 }),
    fc.float({ noNaN: true, min: -1e6, max: 1e6 }),
  );
  const row = fc.record({
    values: fc.array(value, { minLength: 3, maxLength: 3 }),
    isOne: fc.boolean(),
  });
  return fc.array(row, { minLength: 2, maxLength: 80 }).map((rows) => ({
    names: ['a', 'b', 'c'],
    columns: [0, 1, 2].map((feature) => Float32Array.from(rows, ({ values }) => values[feature]!)),
    labels: Uint8Array.from(rows, ({ isOne }, at) => (at < 2 ? at : Number(isOne))),
  }));
}

function scoresOf(file: string, { names, columns, labels }: TrainingData): Float64Array {
  const model = readXgboostModel(JSON.parse(file));
  return Float64Array.from(labels, (_, row) =>
    model.score(Object.fromEntries(names.map((name, index) => [name, columns[index]![row]]))),
  );
}

function precisionOf(scores: Float64Array, { labels }: TrainingData): number | null {
  return averagePrecision(ranking(scores, labels));
}
