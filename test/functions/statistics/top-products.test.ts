import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topProductsJobs } from '../../../functions/statistics/top-products.ts';
import { settings } from '../../../shared/config/settings.ts';
import {
  type TopProductsData,
  topProductsDataSchema,
} from '../../../shared/events/top-products.ts';
import { percentOf } from '../../../shared/statistics/percent-of.ts';
import { exactShareRise } from '../../fixtures/exact-share-rise.ts';
import { playDay, tooLateFor } from '../../fixtures/shop-day/play-day.ts';
import { retailDays, retailFolder } from '../../fixtures/shop-day/retail-days.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';

const sqlText = readFileSync(join(import.meta.dirname, 'top-products.sql'), 'utf8');
const chosen = settings({ TRENDING_LINES_MIN: '2', TOP_PRODUCTS_SHOWN: '7' });
const { topProductsShown: shown, trendingLinesMin: linesMin } = chosen;

interface Counted {
  readonly productId: number;
  readonly lines: number;
  readonly linesBefore: number;
}

/** The rises by integers alone, from what SQL has counted. */
function rises(data: TopProductsData, counted: readonly Counted[]) {
  const whole = data.lines;
  const wholeBefore = data.before.lines;
  const trending = counted
    .map((product) => {
      const { lines, linesBefore } = product;
      const now = { part: lines, whole };
      const before = { part: linesBefore, whole: wholeBefore };
      const pValue = Number(exactShareRise(now, before).toPrecision(6));
      const sharePercent = percentOf(lines, whole) ?? 0;
      const sharePercentBefore = percentOf(linesBefore, wholeBefore) ?? 0;
      return { ...product, sharePercent, sharePercentBefore, pValue };
    })
    .filter(({ lines, linesBefore, pValue }) => {
      const isRise = lines >= linesMin && lines * wholeBefore > linesBefore * whole;
      return isRise && pValue <= chosen.trendingPValueMax;
    })
    .sort((a, b) => a.pValue - b.pValue || a.productId - b.productId)
    .slice(0, shown);
  const anyOf = (pValue: number) => Math.min(1, pValue * counted.length);
  return {
    testedProducts: counted.length,
    trending: trending.map((product) => ({
      ...product,
      anyPValue: Number(anyOf(product.pValue).toPrecision(6)),
    })),
  };
}

type Day = ReturnType<typeof shopDay>;

async function fromSql(day: Day, sizeMs: number) {
  const sql = await dayTables(day);
  try {
    const text = sqlText
      .replaceAll('SIZE', String(sizeMs))
      .replaceAll('SHOWN', String(shown))
      .replaceAll('LINES_MIN', String(linesMin));
    const rows = await sql.rows(text);
    return rows.map(({ start_ms: start, data, counts }) => {
      const counted = JSON.parse(String(data));
      return [Number(start), { ...counted, ...rises(counted, JSON.parse(String(counts))) }];
    });
  } finally {
    sql.close();
  }
}

/** Every job over the days, held against SQL; how many rises were told in all. */
async function compare(day: Day, dealing: { readonly shards: number; readonly seed: number }) {
  let told = 0;
  for (const job of topProductsJobs(chosen)) {
    const { results, late } = await playDay(job, day, dealing);
    const windows = results
      .map(({ window, data }) => [window.startMs, topProductsDataSchema.parse(data)] as const)
      .toSorted(([a], [b]) => a - b);
    expect(windows).toEqual(await fromSql(day, job.window.sizeMs));
    expect(late).toEqual(tooLateFor(job, day));
    expect(late.length).toBeGreaterThan(0);
    told += windows.reduce((sum, [, { trending }]) => sum + trending.length, 0);
  }
  return told;
}

describe('topProductsJobs()', { timeout: 120_000 }, () => {
  it.each([1, 4])(
    'tell what SQL finds in a simulated day over %i shards, ties included',
    async (shards) => {
      expect(await compare(shopDay(5), { shards, seed: shards })).toBeGreaterThan(0);
    },
  );

  it.skipIf(!retailFolder)('tell what SQL finds in the retail days', async () => {
    expect(
      await compare(retailDays(retailFolder ?? '', 3), { shards: 2, seed: 9 }),
    ).toBeGreaterThan(0);
  });

  it('are declared for each length of windows', () => {
    const jobs = topProductsJobs(settings({ TOP_PRODUCTS_WINDOWS_MS: '90000, 86400000' }));
    expect(jobs.map(({ name, window }) => [name, window.sizeMs, window.lookbackMs])).toEqual([
      ['top-products-90s', 90_000, 90_000],
      ['top-products-1d', 86_400_000, 86_400_000],
    ]);
  });
});
