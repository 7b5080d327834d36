import { expect, test } from 'vitest';
import { pollDelayMs } from '../../web/poll.ts';

test('pollDelayMs() is a second while the API answers and the page is seen', () => {
  expect(pollDelayMs(0, false)).toBe(1000);
});

test('pollDelayMs() is longer where nobody looks', () => {
  expect(pollDelayMs(0, true)).toBe(10_000);
});

test('pollDelayMs() doubles with each failure, up to a quarter of a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 50].map((failures) => pollDelayMs(failures, false))).toEqual([
    1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
  ]);
});
