import { expect, test } from 'vitest';
import { settings } from '../../../shared/config/settings.ts';
import { timeOf } from '../../fixtures/shop-day/day-event.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';

const day = shopDay(5);

test('the simulated day is the same for the same seed, in order of arrival', () => {
  expect(shopDay(5)).toEqual(day);
  const arrivals = day.map(({ arrivalMs }) => arrivalMs);
  expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
});

test('of its events 5 % come late within the bounds, 1 % too late, 1 % twice', () => {
  const ids = day.map(({ id }) => id);
  const first = day.filter(({ id }, index) => ids.indexOf(id) === index);
  const share = (count: number) => count / first.length;
  expect(share(first.filter(({ isLate }) => isLate).length)).toBeCloseTo(0.05, 2);
  expect(share(first.filter(({ isTooLate }) => isTooLate).length)).toBeCloseTo(0.01, 2);
  expect(share(day.length - first.length)).toBeCloseTo(0.01, 2);
  const bounds = settings({});
  for (const { event, arrivalMs, isLate, isTooLate } of day) {
    if (isTooLate) continue;
    const isClick = event.table === 'clicks';
    const delayMs = isClick ? bounds.clickWatermarkDelayMs : bounds.orderWatermarkDelayMs;
    const latenessMs = isClick ? bounds.clickAllowedLatenessMs : bounds.orderAllowedLatenessMs;
    const lagMs = arrivalMs - timeOf(event);
    if (isLate) expect(lagMs).toBeGreaterThan(delayMs);
    expect(lagMs).toBeLessThanOrEqual(delayMs + latenessMs);
  }
});

test('it has what jobs may take for something else: ties, edges, wholes, and people unknown', async () => {
  const sql = await dayTables(day);
  const [found] = await sql.rows(`SELECT
    (SELECT count(*) FROM adjustments WHERE product_id IS NULL AND NOT is_too_late) AS wholes,
    (SELECT count(*) FROM adjustments WHERE method IS NULL) AS unpaid,
    (SELECT count(*) FROM payments WHERE status = 'declined') AS declined,
    (SELECT count(*) FROM orders WHERE ordered_at_ms % 60000 = 0) AS on_edges,
    (SELECT count(*) FROM orders WHERE customer_hash IS NULL) AS strangers,
    (SELECT count(*) FROM order_items WHERE category_id IS NULL) AS without_category,
    (SELECT count(DISTINCT type) FROM clicks) AS kinds_of_clicks,
    (SELECT count(*) FROM (
      SELECT hour, pieces, count(*) AS tied FROM (
        SELECT ordered_at_ms // 3600000 AS hour, product_id, sum(quantity) AS pieces
        FROM order_items GROUP BY 1, 2)
      GROUP BY 1, 2 HAVING count(*) > 1)) AS ties`);
  sql.close();
  for (const [what, count] of Object.entries(found ?? {})) {
    expect([what, Number(count) >= 5]).toEqual([what, true]);
  }
});
