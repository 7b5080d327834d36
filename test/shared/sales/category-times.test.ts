import { expect, test } from 'vitest';
import { hourOf, seasonOf } from '../../../shared/sales/category-times.ts';

test.each([
  ['2026-01-01T00:00:00Z', '3|2026-Q1'],
  ['2026-03-31T23:59:59.999Z', '3|2026-Q1'],
  ['2026-04-01T00:00:00Z', '3|2026-Q2'],
  ['2026-12-31T23:59:59.999Z', '3|2026-Q4'],
])('seasonOf() finds the quarter of %s', (at, season) => {
  expect(seasonOf('3', Date.parse(at))).toBe(season);
});

test.each([
  ['2026-03-02T00:00:00Z', '3|0'],
  ['2026-03-02T13:59:59.999Z', '3|13'],
  ['2026-03-08T23:00:00Z', '3|167'],
])('hourOf() counts the hours from Monday on: %s', (at, hour) => {
  expect(hourOf('3', Date.parse(at))).toBe(hour);
});
