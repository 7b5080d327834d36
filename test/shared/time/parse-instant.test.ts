import { expect, test } from 'vitest';
import { parseInstant } from '../../../shared/time/parse-instant.ts';

test.each([
  ['2026-03-01', Date.UTC(2026, 2, 1)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['1969-12-31', -86_400_000],
  ['2026-03-01T12:00:00Z', Date.UTC(2026, 2, 1, 12)],
  ['2026-03-01T12:00:00.250Z', Date.UTC(2026, 2, 1, 12, 0, 0, 250)],
  ['2026-03-01T00:30:00+01:00', Date.UTC(2026, 1, 28, 23, 30)],
  ['2026-03-01T00:30:00 01:00', Date.UTC(2026, 1, 28, 23, 30)],
])('parseInstant() reads %s', (text, atMs) => {
  expect(parseInstant(text)).toBe(atMs);
});

test.each([
  '',
  'yesterday',
  '2026',
  '2026-03',
  '2026-3-1',
  '2026-02-29',
  '2026-02-30T12:00:00Z',
  '2026-03-01T12:00:00',
  '2026-03-01 12:00',
  '2026-03-01Z',
  ' 2026-03-01',
])('parseInstant() takes "%s" for no moment', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});
