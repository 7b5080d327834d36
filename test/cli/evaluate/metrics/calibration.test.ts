import { describe, expect, test } from 'vitest';
import { calibration } from '../../../../cli/evaluate/metrics/calibration.ts';

describe('calibration()', () => {
  test('sets mean scores beside shares, bin by bin', () => {
    const scores = Float64Array.of(0.8, 0.1, 0.6, 0.3);
    const labels = Uint8Array.of(1, 0, 1, 0);
    const { bins, expectedError, brier, brierOfShare } = calibration(scores, labels, 2);
    expect(bins).toEqual([
      { rows: 2, meanScore: 0.2, share: 0 },
      { rows: 2, meanScore: expect.closeTo(0.7, 12), share: 1 },
    ]);
    expect(expectedError).toBeCloseTo((2 * 0.2 + 2 * 0.3) / 4, 12);
    expect(brier).toBeCloseTo((0.04 + 0.01 + 0.16 + 0.09) / 4, 12);
    expect(brierOfShare).toBe(0.25);
  });

  test('keeps equal scores in one bin', () => {
    const scores = Float64Array.of(0.1, 0.5, 0.5, 0.5, 0.5, 0.9);
    const { bins } = calibration(scores, Uint8Array.of(0, 1, 0, 1, 0, 1), 3);
    expect(bins.map(({ rows }) => rows)).toEqual([5, 1]);
    expect(bins[0]?.share).toBeCloseTo(2 / 5, 12);
  });

  test('is without error where every score is right', () => {
    const { expectedError, brier } = calibration(Float64Array.of(0, 1), Uint8Array.of(0, 1), 10);
    expect([expectedError, brier]).toEqual([0, 0]);
  });

  test('tells nothing of no rows', () => {
    const { bins, expectedError } = calibration(new Float64Array(), new Uint8Array(), 10);
    expect(bins).toEqual([]);
    expect(expectedError).toBeNull();
  });
});
