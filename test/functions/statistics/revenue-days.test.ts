import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revenueJob } from '../../../functions/statistics/revenue.ts';
import { settings } from '../../../shared/config/settings.ts';
import { revenueWindows } from '../../../shared/statistics/statistic-window.ts';
import type { Row, Sql } from '../../fixtures/duckdb.ts';
import type { Arrival } from '../../fixtures/shop-day/arrivals.ts';
import { playDay, tooLateFor } from '../../fixtures/shop-day/play-day.ts';
import { retailDays, retailFolder } from '../../fixtures/shop-day/retail-days.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';

const bounds = settings({ REVENUE_LONGER_WINDOWS_MS: '300000,3600000,86400000' });

/** What SQL says of every window of this length, as a result says it. */
async function revenueInSql(sql: Sql, windowMs: number) {
  await sql.rows(`SET VARIABLE window_ms = CAST(${windowMs} AS BIGINT)`);
  const [windows = [], categories = [], methods = []] = await Promise.all(
    ['revenue-windows', 'revenue-by-category', 'revenue-by-method'].map((name) =>
      sql.rows(readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8')),
    ),
  );
  const of = (rows: readonly Row[], start: unknown) =>
    rows.filter(({ startMs }) => startMs === start).map(({ startMs: _, ...row }) => row);
  return windows.map(({ startMs, ...totals }) => [
    startMs,
    { ...totals, categories: of(categories, startMs), methods: of(methods, startMs) },
  ]);
}

const days = [
  ['a simulated day', () => shopDay(5, bounds)],
  [
    'three days of a British web shop (folder: REAL_DATA)',
    retailFolder && (() => retailDays(retailFolder ?? '', 6, bounds)),
  ],
] as const;

describe.each(days)('%s', (_name, daysOf) => {
  let day: readonly Arrival[];
  let sql: Sql;
  beforeAll(async () => {
    day = daysOf ? daysOf() : [];
    sql = await dayTables(day);
  });
  afterAll(() => sql.close());

  it.skipIf(!daysOf).each(revenueWindows(bounds))(
    'revenueJob() says of windows of $name what SQL says, to the cent, and names what came too late',
    { timeout: 120_000 },
    async (window) => {
      const job = revenueJob(bounds, window);
      const wanted = await revenueInSql(sql, window.sizeMs);
      expect(wanted.length).toBeGreaterThanOrEqual(window.name === '1d' ? 1 : 12);
      const tooLate = tooLateFor(job, day);
      expect(tooLate.length).toBeGreaterThan(10);
      for (const shards of [1, 3]) {
        const { results, stored, late } = await playDay(job, day, { shards, seed: shards });
        expect(results.map(({ window: { startMs }, data }) => [startMs, data])).toEqual(wanted);
        expect(stored).toEqual(results);
        expect(late).toEqual(tooLate);
      }
    },
  );
});
