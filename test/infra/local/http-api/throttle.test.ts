import { expect, test } from 'vitest';
import { tokenBucket } from '../../../../infra/local/http-api/throttle.ts';

test('tokenBucket() gives the burst at once, then tokens at the rate, never more than the burst', () => {
  const take = tokenBucket({ perSecond: 2, burst: 3 });
  const taken = (atMs: number, count: number) =>
    Array.from({ length: count }, () => take(atMs)).filter(Boolean).length;
  expect(taken(0, 5)).toBe(3);
  expect(taken(499, 1)).toBe(0);
  expect(taken(500, 2)).toBe(1);
  expect(taken(60_000, 9)).toBe(3);
});

test('tokenBucket() makes no tokens of a clock that goes back', () => {
  const take = tokenBucket({ perSecond: 1, burst: 1 });
  expect([take(10_000), take(0), take(10_500), take(11_000)]).toEqual([true, false, false, true]);
});
