import { expect, test } from 'vitest';
import { percentChange } from '../../../shared/statistics/percent-change.ts';

test.each([
  [150, 100, 50],
  [75, 100, -25],
  [100, 100, 0],
  [1, 3, -66.7],
  [0, 100, -100],
  [-50, 100, -150],
])('percentChange() from %3$s: %1$s against %2$s', (current, previous, percent) => {
  expect(percentChange(current, previous)).toBe(percent);
});

test.each([
  ['no previous figure', 100, undefined],
  ['a previous figure that was null', 100, null],
  ['a previous figure of zero', 100, 0],
  ['a previous figure below zero', 100, -20],
  ['no current figure', null, 100],
])('percentChange() says nothing where there is %s', (_, current, previous) => {
  expect(percentChange(current, previous)).toBeNull();
});

test('percentChange() never gives a negative zero', () => {
  expect(Object.is(percentChange(99_999, 100_000), 0)).toBe(true);
});
