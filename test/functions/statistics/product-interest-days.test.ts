import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { productInterestJob } from '../../../functions/statistics/product-interest.ts';
import { settings } from '../../../shared/config/settings.ts';
import { productInterestDataSchema } from '../../../shared/events/product-interest.ts';
import type { Row, Sql } from '../../fixtures/duckdb.ts';
import { playDay, tooLateFor } from '../../fixtures/shop-day/play-day.ts';
import { retailDays, retailFolder } from '../../fixtures/shop-day/retail-days.ts';
import { dayTables } from '../../fixtures/shop-day/tables.ts';
import { shopDay } from '../../fixtures/shop-day.ts';
import { lastTold } from '../../fixtures/told-results.ts';

type Chosen = ReturnType<typeof settings>;

/** Products in SQL, by window; they are the lists once {@link shownOf} has cut them. */
async function productsInSql(sql: Sql, chosen: Chosen) {
  await sql.rows(`SET VARIABLE views_above = ${chosen.flashSaleViewsAbove}`);
  await sql.rows(`SET VARIABLE purchases_below = ${chosen.flashSalePurchasesBelow}`);
  const rows = await sql.rows(
    readFileSync(join(import.meta.dirname, 'product-interest.sql'), 'utf8'),
  );
  return Map.groupBy(rows, ({ startMs }) => Number(startMs));
}

function shownOf(products: readonly Row[], chosen: Chosen) {
  const { interestProductsShown, interestCandidatesShown } = chosen;
  return products
    .filter(
      ({ place, placeOfKind, isCandidate }) =>
        Number(place) <= interestProductsShown ||
        (isCandidate && Number(placeOfKind) <= interestCandidatesShown),
    )
    .map(({ startMs: _, place: __, placeOfKind: ___, ...product }) => product);
}

const few = {
  INTEREST_PRODUCTS_SHOWN: '4',
  INTEREST_CANDIDATES_SHOWN: '2',
  FLASH_SALE_VIEWS_ABOVE: '2',
  FLASH_SALE_PURCHASES_BELOW: '1',
  FLASH_SALE_ALERTS_MAX: '2',
};
const days = [
  ['a simulated day', {}, () => shopDay(5)],
  ['a simulated day, low thresholds', few, () => shopDay(7)],
  [
    'three days of a British web shop (folder: REAL_DATA)',
    {},
    retailFolder && (() => retailDays(retailFolder ?? '', 6)),
  ],
] as const;

for (const [name, set, daysOf] of days) {
  it.skipIf(!daysOf)(
    `productInterestJob() says of ${name} what SQL says, to the tie`,
    { timeout: 120_000 },
    async () => {
      const chosen = settings(set);
      const job = productInterestJob(chosen);
      const day = daysOf ? daysOf() : [];
      const sql = await dayTables(day);
      const wanted = await productsInSql(sql, chosen);
      sql.close();
      const tooLate = tooLateFor(job, day);
      expect(tooLate.length).toBeGreaterThan(3);
      const candidates = [...wanted.values()].flat().filter(({ isCandidate }) => isCandidate);
      for (const shards of [1, 3]) {
        const { emissions, stored, late } = await playDay(job, day, { shards, seed: shards });
        const told = lastTold(emissions.filter(({ type }) => type === job.type));
        expect(told.map(({ window }) => window.startMs)).toEqual([...wanted.keys()]);
        for (const { window, data } of told) {
          const products = wanted.get(window.startMs) ?? [];
          const interest = productInterestDataSchema.parse(data);
          const shown = shownOf(products, chosen);
          const candidatesThen = products.filter(({ isCandidate }) => isCandidate);
          expect(interest.products).toEqual(shown);
          expect(interest).toMatchObject({
            views: sumOf(products, 'views'),
            carts: sumOf(products, 'carts'),
            purchases: sumOf(products, 'purchases'),
            quantity: sumOf(products, 'quantity'),
            revenueCents: sumOf(products, 'revenueCents'),
            distinctProducts: products.length,
            candidates: candidatesThen.length,
            candidatesLeftOut:
              candidatesThen.length - shown.filter(({ isCandidate }) => isCandidate).length,
          });
        }
        expect(stored).toEqual(told);
        expect(late).toEqual(tooLate);
        const alerts = new Set(
          emissions.filter(({ type }) => type === 'alert').map(({ id }) => id),
        );
        for (const { productId, startMs, placeOfKind } of candidates) {
          if (Number(placeOfKind) > chosen.flashSaleAlertsMax) continue;
          expect(alerts).toContain(`flash-sale|${productId}|${startMs}`);
        }
      }
    },
  );
}

function sumOf(rows: readonly Row[], column: string): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}
