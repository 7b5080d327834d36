import { describe, expect, test } from 'vitest';
import { cardPrecision } from '../../../../cli/evaluate/metrics/card-precision.ts';

type Row = readonly [day: number, card: number, score: number, label: 0 | 1];

function precisionOf(rows: readonly Row[], k: number) {
  const [days, cards, scores, labels] = [0, 1, 2, 3].map((field) => rows.map((row) => row[field]!));
  return cardPrecision(
    Float64Array.from(scores!),
    Uint8Array.from(labels!),
    Int32Array.from(cards!),
    Int32Array.from(days!),
    k,
  );
}

describe('cardPrecision()', () => {
  test('looks at the k cards with the highest scores of each day', () => {
    const found = precisionOf(
      [
        [1, 10, 0.9, 0],
        [1, 11, 0.8, 1],
        [1, 12, 0.7, 1],
        [2, 13, 0.2, 1],
        [2, 14, 0.1, 0],
      ],
      2,
    );
    expect(found.days).toEqual([
      { day: 1, precision: 1 / 2, fraudulentCards: 2 },
      { day: 2, precision: 1 / 2, fraudulentCards: 1 },
    ]);
    expect(found.mean).toBe(1 / 2);
  });

  test('takes the highest score of a card, and fraud in any of its rows', () => {
    const rows: readonly Row[] = [
      [1, 10, 0.9, 0],
      [1, 10, 0.1, 1],
      [1, 11, 0.5, 1],
    ];
    expect(precisionOf(rows, 1).mean).toBe(1);
  });

  test('leaves out on later days the cards that were found, and them alone', () => {
    const rows: readonly Row[] = [
      [1, 10, 0.9, 1],
      [1, 11, 0.8, 1],
      [2, 10, 0.9, 1],
      [2, 11, 0.8, 1],
      [3, 11, 0.9, 1],
      [3, 12, 0.1, 0],
    ];
    const { days, mean } = precisionOf(rows.toReversed(), 1);
    expect(days.map(({ precision }) => precision)).toEqual([1, 1, 0]);
    expect(days.map(({ fraudulentCards }) => fraudulentCards)).toEqual([2, 1, 0]);
    expect(mean).toBeCloseTo(2 / 3, 12);
  });

  test('divides by k where a day has fewer cards', () => {
    expect(precisionOf([[1, 10, 0.9, 1]], 100).mean).toBe(0.01);
  });

  test('is unknown without a day', () => {
    expect(precisionOf([], 100).mean).toBeNull();
  });
});
