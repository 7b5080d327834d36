import { describe, expect, test } from 'vitest';
import { trainLogisticRegression } from '../../../cli/train/logistic-regression.ts';
import { createRandom } from '../../../shared/random/random.ts';

describe('trainLogisticRegression()', () => {
  test('finds the probabilities that labels were drawn with', () => {
    const random = createRandom(1);
    const x = Float32Array.from({ length: 20_000 }, () => 4 * random.next() - 2);
    const truth = (value: number) => 1 / (1 + Math.exp(-(-1 + 2 * value)));
    const labels = Uint8Array.from(x, (value) => Number(random.chance(truth(value))));
    const model = trainLogisticRegression({ names: ['x'], columns: [x], labels });
    const asked = Float32Array.of(-1, 0, 0.5, 1);
    model.score([asked]).forEach((score, at) => {
      expect(Math.abs(score - truth(asked[at]!))).toBeLessThan(0.02);
    });
  });

  test('stands where the slope of loss and penalty is 0', () => {
    const x = Float32Array.of(-1, -1, 1, 1, 1, -1);
    const labels = Uint8Array.of(0, 1, 1, 1, 0, 0);
    const [low, high] = trainLogisticRegression({ names: ['x'], columns: [x], labels }, 0.5)
      .score([Float32Array.of(-1, 1)])
      .map((score) => Math.log(score / (1 - score)));
    // The intercept is free, so scores add up to the labels; the weight w holds 3 (p − q) = 2 − 1 − w/2.
    const weight = (high! - low!) / 2;
    const p = (margin: number) => 1 / (1 + Math.exp(-margin));
    expect(3 * p(low!) + 3 * p(high!)).toBeCloseTo(3, 6);
    expect(3 * p(high!) - 3 * p(low!) + 0.5 * weight).toBeCloseTo(1, 6);
  });

  test('takes a missing value as the mean, with a weight of its own where it was met before', () => {
    const x = Float32Array.from({ length: 300 }, (_, row) =>
      row % 3 === 0 ? Number.NaN : row % 2,
    );
    const labels = Uint8Array.from(x, (value) => (Number.isNaN(value) ? 1 : 0));
    const [missing, known] = trainLogisticRegression({ names: ['x'], columns: [x], labels }).score([
      Float32Array.of(Number.NaN, 1),
    ]);
    expect(missing).toBeGreaterThan(0.9);
    expect(known).toBeLessThan(0.1);
  });

  test('bears features that say the same, or nothing at all', () => {
    const x = Float32Array.of(0, 1, 2, 3);
    const columns = [
      x,
      x,
      new Float32Array(4),
      Float32Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN),
    ];
    const labels = Uint8Array.of(0, 0, 1, 1);
    const scores = trainLogisticRegression({ names: ['a', 'b', 'c', 'd'], columns, labels }).score(
      columns,
    );
    expect([...scores]).toEqual([...scores].toSorted((a, b) => a - b));
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
  });
});
