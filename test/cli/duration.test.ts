import { expect, test } from 'vitest';
import { parseDurationMs } from '../../cli/duration.ts';

test('parseDurationMs() reads units, and a bare number as minutes', () => {
  expect(['250ms', '90s', '25m', '1.5h', '7d', '25'].map(parseDurationMs)).toEqual([
    250, 90_000, 1_500_000, 5_400_000, 604_800_000, 1_500_000,
  ]);
});

test('parseDurationMs() refuses anything else', () => {
  for (const text of ['', 'soon', '-5s', '0', '5w', '1e3s']) {
    expect(() => parseDurationMs(text), text).toThrow('Cannot read duration');
  }
});
