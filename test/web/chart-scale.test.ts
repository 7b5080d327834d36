import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeTicks, valueScale } from '../../web/chart-scale.ts';

test('valueScale() holds zero and every value, on round steps', () => {
  const cents = fc.integer({ min: -5_000_000_00, max: 5_000_000_00 });
  fc.assert(
    fc.property(
      fc.array(cents, { maxLength: 60 }),
      fc.integer({ min: 2, max: 5 }),
      (values, steps) => {
        const { min, max, ticks } = valueScale(values, steps, 100);
        expect(min).toBeLessThanOrEqual(Math.min(0, ...values));
        expect(max).toBeGreaterThanOrEqual(Math.max(0, ...values));
        expect([ticks.at(0), ticks.at(-1)]).toEqual([min, max]);
        expect(ticks.length).toBeLessThanOrEqual(steps + 3);
        const step = max / ticks.length;
        expect(ticks.some((tick) => Math.abs(tick) < step / 1e6)).toBe(true);
      },
    ),
  );
});

test('valueScale() of an empty shop still has an axis', () => {
  expect(valueScale([], 4, 100)).toEqual({ min: 0, max: 400, ticks: [0, 100, 200, 300, 400] });
});

test('timeTicks() stand on the clock, inside the span, never more than fit', () => {
  const start = Date.UTC(2026, 2, 1, 11, 3);
  const hour = timeTicks(start, start + 3_600_000, 6);
  expect(hour.map((ms) => new Date(ms).toISOString().slice(11, 16))).toEqual([
    '11:10',
    '11:20',
    '11:30',
    '11:40',
    '11:50',
    '12:00',
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40_000 }),
      fc.integer({ min: 2, max: 20 }),
      (minutes, most) => {
        const end = start + minutes * 60_000;
        const ticks = timeTicks(start, end, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const tick of ticks) expect(tick >= start && tick < end).toBe(true);
      },
    ),
  );
});
