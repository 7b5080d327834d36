import { describe, expect, test } from 'vitest';
import { chooseThresholds } from '../../../cli/train/choose-thresholds.ts';

/** Rows by score: how many are fraud, how many honest. */
function rows(...groups: readonly (readonly [score: number, fraud: number, honest: number])[]) {
  const each = groups.flatMap(([score, fraud, honest]) => [
    ...Array.from({ length: fraud }, () => ({ score, label: 1 })),
    ...Array.from({ length: honest }, () => ({ score, label: 0 })),
  ]);
  return [
    Float64Array.from(each, ({ score }) => score),
    Uint8Array.from(each, ({ label }) => label),
  ] as const;
}

describe('chooseThresholds()', () => {
  test('reviews as far down as one honest row in a hundred goes, blocks where nine of ten are fraud', () => {
    const drawn = rows([0.9, 12, 1], [0.6, 5, 4], [0.3, 3, 5], [0.1, 2, 990]);
    expect(chooseThresholds(...drawn)).toEqual({ review: 0.3, block: 0.9 });
  });

  test('blocks nothing where nowhere nine of ten are fraud, or too few show it', () => {
    expect(chooseThresholds(...rows([0.9, 10, 2], [0.1, 0, 1_000])).block).toBeNull();
    expect(chooseThresholds(...rows([0.9, 9, 0], [0.1, 1, 1_000])).block).toBeNull();
  });

  test('never blocks what it would not review', () => {
    const { review, block } = chooseThresholds(...rows([0.9, 100, 0], [0.5, 900, 1], [0.1, 0, 9]));
    expect(review).toBe(0.9);
    expect(block).toBe(0.9);
  });

  test('refuses rows of one class', () => {
    expect(() => chooseThresholds(...rows([0.5, 0, 5]))).toThrow('both classes must be there');
  });
});
