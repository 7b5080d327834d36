import { expect, test } from 'vitest';
import { backoffMs } from '../../../functions/alert-delivery/backoff.ts';

test('backoffMs() doubles up to ten minutes, half of it by chance', () => {
  expect([1, 2, 3, 10, 11, 2_000].map((attempts) => backoffMs(attempts, 0, undefined))).toEqual([
    500, 1_000, 2_000, 256_000, 300_000, 300_000,
  ]);
  expect(backoffMs(1, 0.999, undefined)).toBeCloseTo(1_000, -1);
});

test('backoffMs() is not shorter than the receiver asks, up to an hour', () => {
  expect(backoffMs(1, 0, 30_000)).toBe(30_000);
  expect(backoffMs(20, 0, 1_000)).toBe(300_000);
  expect(backoffMs(1, 0, 1e12)).toBe(3_600_000);
});
