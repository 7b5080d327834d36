import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultsTable } from '../../../functions/insights-api/results-table.ts';
import type { ProductInterestData } from '../../../shared/events/product-interest.ts';
import type { SalesPulseData } from '../../../shared/events/sales-pulse.ts';
import { httpClient } from '../../fixtures/http-client.ts';
import { testInsights } from '../../fixtures/insights.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);
const sold = { sales: 20, quantity: 24, revenueCents: 99_950, orders: 20, sellers: 3 };
const pulse: SalesPulseData = {
  ...sold,
  linesWithoutSeller: 1,
  before: { ...sold, sales: 6, orders: 6 },
  ...{ growthPercent: 233.3, revenueGrowthPercent: 0, pValue: 0.00468, isSpike: true },
  gates: [{ name: 'sales', value: 20, limit: 5, passed: true }],
  insight: 'Sales leap',
};
const figures = { views: 120, carts: 9, purchases: 2, quantity: 2, revenueCents: 4_000 };
const interest: ProductInterestData = {
  ...{ ...figures, conversionPercent: 1.7, distinctProducts: 1 },
  products: [
    { productId: 7, category: null, ...figures, conversionPercent: 1.7, isCandidate: true },
  ],
  ...{ candidates: 1, candidatesLeftOut: 0 },
};

let table: ResultsFixture;
let ask: ReturnType<typeof httpClient>;
beforeAll(async () => {
  table = await startResultsTable();
  const results = resultsTable(table.client, table.tableName, Date.now);
  ask = httpClient(testInsights({ results }), 'insights-api');
});
afterAll(() => table.stop());

test.each([
  ['sales-pulse', 30_000, 60_000, '1m', pulse],
  ['product-interest', 300_000, 600_000, '10m', interest],
] as const)(
  'GET /statistics/%s tells windows that overlap, each as the job told it',
  async (job, slideMs, sizeMs, window, data) => {
    for (const startMs of [noonMs, noonMs + slideMs]) {
      const told = { endMs: startMs + sizeMs, revision: 1, closed: true, final: false };
      await table.putWindow(job, 1, { startMs, ...told, data });
    }
    const of = `/statistics/${job}?window=${window}`;
    const { status, body } = await ask('GET', of);
    expect(status).toBe(200);
    expect(body).toMatchObject({ statistic: job, window, windowMs: sizeMs, nextCursor: null });
    const { windows } = body as { windows: readonly { readonly startMs: number }[] };
    expect(windows.map(({ startMs }) => startMs)).toEqual([noonMs + slideMs, noonMs]);
    expect(windows[1]).toMatchObject({ ...data, closed: true, endMs: noonMs + sizeMs });
    // The link of an alert.
    const linked = await ask('GET', `${of}&from=${noonMs}&to=${noonMs + 1}`);
    expect(linked.body).toMatchObject({ windows: [{ startMs: noonMs }] });
  },
);
