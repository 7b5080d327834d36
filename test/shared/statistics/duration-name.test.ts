import { expect, test } from 'vitest';
import { durationName } from '../../../shared/statistics/duration-name.ts';

test.each([
  [60_000, '1m'],
  [300_000, '5m'],
  [90_000, '90s'],
  [3_600_000, '1h'],
  [86_400_000, '1d'],
  [604_800_000, '7d'],
  [1_500, '1500ms'],
])('durationName() writes %i as %s', (durationMs, expected) => {
  expect(durationName(durationMs)).toBe(expected);
});
