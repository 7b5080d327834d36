import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atFalsePositiveRate, atThreshold } from '../../../../cli/evaluate/metrics/at-threshold.ts';
import { averagePrecision } from '../../../../cli/evaluate/metrics/average-precision.ts';
import { bootstrapInterval } from '../../../../cli/evaluate/metrics/bootstrap-interval.ts';
import { ranking } from '../../../../cli/evaluate/metrics/ranking.ts';
import { rocAuc } from '../../../../cli/evaluate/metrics/roc-auc.ts';

const scores = Float64Array.of(0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.4, 0.3, 0.3, 0.2, 0.1);
const labels = Uint8Array.of(1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0);
const ranked = ranking(scores, labels);

/** Few different scores, so that many are equal; both classes. */
const drawn = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  .map((rows) => ({
    scores: Float64Array.from(rows, ([score]) => score / 10),
    labels: Uint8Array.from(rows, ([, isOne], at) => (at < 2 ? at : Number(isOne))),
  }));

describe('averagePrecision()', () => {
  test('is that of scikit-learn', () => {
    expect(averagePrecision(ranked)).toBeCloseTo(0.6976190476190477, 12);
  });

  test('is the mean over the positive rows of the precision down to their score', () => {
    fc.assert(
      fc.property(drawn, (rows) => {
        const precisions = [...rows.scores].flatMap((score, row) => {
          if (rows.labels[row] === 0) return [];
          const told = [...rows.labels].filter((_, other) => rows.scores[other]! >= score);
          return [told.reduce((sum, label) => sum + label, 0) / told.length];
        });
        const mean = precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
        expect(averagePrecision(ranking(rows.scores, rows.labels))).toBeCloseTo(mean, 12);
      }),
    );
  });

  test('is unknown without a positive row', () => {
    expect(averagePrecision(ranking(Float64Array.of(1, 2), new Uint8Array(2)))).toBeNull();
  });
});

describe('rocAuc()', () => {
  test('is that of scikit-learn', () => {
    expect(rocAuc(ranked)).toBeCloseTo(0.7714285714285715, 12);
  });

  test('is how often a positive row stands above a negative one, equal ones counted half', () => {
    fc.assert(
      fc.property(drawn, (rows) => {
        let above = 0;
        let pairs = 0;
        rows.scores.forEach((score, one) => {
          rows.scores.forEach((other, zero) => {
            if (rows.labels[one] !== 1 || rows.labels[zero] !== 0) return;
            pairs++;
            if (score > other) above += 1;
            if (score === other) above += 0.5;
          });
        });
        expect(rocAuc(ranking(rows.scores, rows.labels))).toBeCloseTo(above / pairs, 12);
      }),
    );
  });

  test('is unknown without both classes', () => {
    expect(rocAuc(ranking(Float64Array.of(1), Uint8Array.of(1)))).toBeNull();
  });
});

describe('atThreshold()', () => {
  test('counts what scores so much or more', () => {
    expect(atThreshold(ranked, 0.6)).toEqual({
      threshold: 0.6,
      truePositives: 4,
      falsePositives: 3,
      falseNegatives: 1,
      trueNegatives: 4,
      precision: 4 / 7,
      recall: 4 / 5,
      f1: 2 / 3,
      falsePositiveRate: 3 / 7,
    });
  });

  test('tells no precision of nothing', () => {
    expect(atThreshold(ranked, 1)).toMatchObject({ precision: null, recall: 0 });
  });
});

describe('atFalsePositiveRate()', () => {
  test('goes down as far as that share of the negative rows, and not into equal scores', () => {
    expect(atFalsePositiveRate(ranked, 0)).toMatchObject({ threshold: 0.9, recall: 1 / 5 });
    expect(atFalsePositiveRate(ranked, 0.2)).toMatchObject({ threshold: 0.7, recall: 3 / 5 });
    expect(atFalsePositiveRate(ranked, 3 / 7)).toMatchObject({ threshold: 0.6, recall: 4 / 5 });
    expect(atFalsePositiveRate(ranked, 1)).toMatchObject({ threshold: 0.1, recall: 1 });
  });

  test('tells nothing where the highest score is shared by too many negative rows', () => {
    const flat = ranking(Float64Array.of(0.5, 0.5), Uint8Array.of(0, 1));
    expect(atFalsePositiveRate(flat, 0.01)).toMatchObject({ truePositives: 0, recall: 0 });
  });
});

describe('bootstrapInterval()', () => {
  test('holds the average precision, and is narrower for more rows', () => {
    const width = (copies: number) => {
      const repeated = Array.from({ length: copies }, () => [...scores]).flat();
      const interval = bootstrapInterval(
        Float64Array.from(repeated),
        Uint8Array.from(repeated, (_, row) => labels[row % labels.length]!),
      );
      expect(interval?.low).toBeLessThan(averagePrecision(ranked)!);
      expect(interval?.high).toBeGreaterThan(averagePrecision(ranked)!);
      return interval!.high - interval!.low;
    };
    expect(width(20)).toBeLessThan(width(2) / 2);
  });

  test('is unknown without positive rows', () => {
    expect(bootstrapInterval(scores, new Uint8Array(scores.length))).toBeNull();
    expect(bootstrapInterval(new Float64Array(), new Uint8Array())).toBeNull();
  });
});

describe('ranking()', () => {
  test('refuses what is no ranking', () => {
    expect(() => ranking(scores, labels.subarray(1))).toThrow('each score needs a label');
    expect(() => ranking(Float64Array.of(Number.NaN), Uint8Array.of(1))).toThrow('received NaN');
  });
});
