import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activityAt, rhythmOf } from '../../../cli/shoppers/rhythm.ts';

const hourMs = 3_600_000;
const mondayMs = Date.UTC(2026, 4, 18);

test('activityAt() is 1 on the average of a week', () => {
  const hours = Array.from({ length: 7 * 24 }, (_, hour) => activityAt(mondayMs + hour * hourMs));
  expect(hours.reduce((sum, activity) => sum + activity, 0) / hours.length).toBeCloseTo(1, 2);
});

test('instantAt() rises with the share and stays within the span', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: mondayMs, max: mondayMs + 400 * 24 * hourMs }),
      fc.integer({ min: 1, max: 40 * 24 * hourMs }),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 2 }),
      (fromMs, spanMs, shares) => {
        const toMs = fromMs + spanMs;
        const rhythm = rhythmOf({ fromMs, toMs });
        let beforeMs = fromMs;
        for (const share of shares.toSorted((a, b) => a - b)) {
          const atMs = rhythm.instantAt(share, toMs);
          expect(atMs).toBeGreaterThanOrEqual(beforeMs);
          expect(atMs).toBeLessThanOrEqual(toMs);
          beforeMs = atMs;
        }
      },
    ),
  );
});

test('instantAt() gives an hour as many instants as it is busy', () => {
  const span = { fromMs: mondayMs, toMs: mondayMs + 24 * hourMs };
  const rhythm = rhythmOf(span);
  const draws = Array.from({ length: 24_000 }, (_, draw) => draw / 24_000);
  const perHour = Map.groupBy(draws, (share) =>
    new Date(rhythm.instantAt(share, span.toMs)).getUTCHours(),
  );
  for (const [hour, found] of perHour) {
    const expected = (1_000 * activityAt(mondayMs + hour * hourMs)) / 0.95; // a Monday's mean
    expect(Math.abs(found.length - expected), `${hour}`).toBeLessThan(expected * 0.02 + 2);
  }
});

test('instantAt() knows an earlier end of what it shares out', () => {
  const rhythm = rhythmOf({ fromMs: mondayMs, toMs: mondayMs + 24 * hourMs });
  expect(rhythm.instantAt(0.999_999, mondayMs + 2 * hourMs)).toBeLessThan(mondayMs + 2 * hourMs);
  expect(rhythm.instantAt(0.5, mondayMs)).toBe(mondayMs);
});
