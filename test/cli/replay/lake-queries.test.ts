import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../cli/replay/lake.ts';
import {
  allOfTheLake,
  backfillSql,
  daysSql,
  factsSql,
  identitiesSql,
} from '../../../cli/replay/lake-queries.ts';
import { clickDataSet, lakeDataSets } from '../../../shared/lake/data-sets.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const march = Date.UTC(2026, 2, 1);
const [orders] = lakeDataSets;
if (!orders) throw new Error('the lake has lost data sets');

describe('factsSql() and its like', () => {
  it('ask for the inserts of a span, of the partitions that may hold them', () => {
    const span = { fromMs: march - hourMs, toMs: march + hourMs };
    for (const sql of [
      factsSql(orders, span),
      daysSql(orders, span),
      identitiesSql(orders, span),
    ]) {
      expect(sql).toContain("WHERE month BETWEEN '2026-02' AND '2026-03'");
      expect(sql).toContain("AND _op = 'insert'");
      expect(sql).toContain("AND ordered_at >= TIMESTAMP '2026-02-28 23:00:00.000'");
      expect(sql).toContain("AND ordered_at < TIMESTAMP '2026-03-01 01:00:00.000'");
    }
    expect(daysSql(clickDataSet, allOfTheLake)).toContain(
      "WHERE day BETWEEN '2000-01-01' AND '9999-12-30'",
    );
    expect(backfillSql(clickDataSet)).toBe(
      "SELECT count(DISTINCT event_id) FROM click_records WHERE is_backfill AND _op = 'insert'",
    );
    expect(backfillSql(orders, '9007199254740993')).toBe(
      "SELECT count(DISTINCT id) FROM orders_changes WHERE is_backfill AND _op = 'insert' AND id >= 9007199254740993",
    );
  });
});

describe('partsOf()', () => {
  it('cuts a span along the days that hold facts, a great day by the hour', () => {
    const days = new Map([
      [march + 9 * dayMs, 15_000],
      [march - dayMs, 4],
      [march, 10_000],
      [march + 20 * dayMs, 300_000],
    ]);
    const span = { fromMs: march - hourMs, toMs: march + 20 * dayMs + 2 * hourMs };
    expect([...partsOf(days, span)]).toEqual(
      [
        { fromMs: march - hourMs, toMs: march + dayMs },
        { fromMs: march + 20 * dayMs, toMs: march + 20 * dayMs + hourMs },
        { fromMs: march + 20 * dayMs + hourMs, toMs: march + 20 * dayMs + 2 * hourMs },
        { fromMs: march + 9 * dayMs, toMs: march + 10 * dayMs },
      ].sort((a, b) => a.fromMs - b.fromMs),
    );
    expect([...partsOf(new Map(), span)]).toEqual([]);
  });
});
