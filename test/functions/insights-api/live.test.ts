import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultsTable } from '../../../functions/insights-api/results-table.ts';
import { liveDocument } from '../../../shared/events/live.ts';
import { getEvent, lambdaContext } from '../../fixtures/http-event.ts';
import { testInsights } from '../../fixtures/insights.ts';
import { putLiveSections } from '../../fixtures/live-sections.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';
import { shopHour } from '../../fixtures/shop-hour.ts';
import { shopStatistics } from '../../fixtures/shop-statistics.ts';

const nowMs = Date.UTC(2026, 2, 1, 12, 0, 30);
const logged: Error[] = [];
let table: ResultsFixture;
let api: ReturnType<typeof testInsights>;

function get(headers: Record<string, string> = {}) {
  return api(getEvent('/live', headers), lambdaContext('insights-api'));
}

beforeAll(async () => {
  table = await startResultsTable();
  const results = resultsTable(table.client, table.tableName, Date.now);
  api = testInsights({ results, log: (_, error) => logged.push(error) });
});

afterAll(() => table.stop());

test('GET /live before any job has written is a document without figures', async () => {
  const response = await get();
  expect(response.statusCode).toBe(200);
  expect(JSON.parse(response.body ?? '')).toEqual({
    schemaVersion: 2,
    currency: 'EUR',
    revenue: null,
    longerRevenue: [],
    topProducts: [],
    salesPulse: null,
    productInterest: null,
    funnel: null,
    abandonedCarts: null,
    mostViewed: null,
    orders: null,
    alerts: null,
    health: [],
  });
});

test('GET /live gives every section as the jobs wrote it, with its age', async () => {
  const hour = shopHour(nowMs);
  const statistics = shopStatistics(nowMs);
  await putLiveSections(table, nowMs);
  await table.putSection('orders', hour.orders, nowMs - 1);
  await table.putSection('alerts', hour.alerts, nowMs - 2);
  await table.putSection('weather', { of: 'a later version' }, nowMs);

  const response = await get();
  const document = liveDocument.parse(JSON.parse(response.body ?? ''));
  const aged = (section: object) => ({ ...section, updatedAtMs: nowMs });
  expect(document.revenue).toEqual(aged(hour.revenue));
  expect(document.longerRevenue).toEqual(statistics.longerRevenue.map(aged));
  expect(document.topProducts).toEqual(statistics.topProducts.map(aged));
  expect(document.salesPulse).toEqual(aged(statistics.salesPulse));
  expect(document.productInterest).toEqual(aged(statistics.productInterest));
  expect(document.funnel).toEqual(aged(statistics.funnel));
  expect(document.abandonedCarts).toEqual(aged(statistics.abandonedCarts));
  expect(document.mostViewed).toEqual({ ...hour.mostViewed, updatedAtMs: nowMs });
  expect(document.orders).toEqual({ ...hour.orders, updatedAtMs: nowMs - 1 });
  expect(document.alerts).toEqual({ ...hour.alerts, updatedAtMs: nowMs - 2 });
  expect(document.health).toHaveLength(hour.health.length);
  expect(document.health).toEqual(expect.arrayContaining(hour.health));
});

test('GET /live is asked for again with its entity tag and costs a 304 until something changes', async () => {
  const first = await get();
  const etag = String(first.headers?.['etag']);
  expect(first.headers?.['cache-control']).toBe('no-cache');

  for (const [held, told] of [
    [etag, etag],
    [`W/${etag}`, `W/${etag}`],
    [`"other", ${etag}`, etag],
    ['*', etag],
  ] as const) {
    const again = await get({ 'if-none-match': held });
    expect(again).toMatchObject({ statusCode: 304, headers: { etag: told } });
    expect(again.body).toBeUndefined();
  }
  expect((await get({ 'if-none-match': '"other"' })).statusCode).toBe(200);

  await table.putSection('orders', { orders: [] }, nowMs);
  const changed = await get({ 'if-none-match': etag });
  expect(changed.statusCode).toBe(200);
  expect(changed.headers?.['etag']).not.toBe(etag);
});

test('GET /live is sent as gzip to who takes it, and is the same document', async () => {
  const plain = await get();
  const packed = await get({ 'accept-encoding': 'gzip' });
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'application/json',
  });
  const bytes = Buffer.from(packed.body ?? '', 'base64');
  expect(bytes.length).toBeLessThan((plain.body ?? '').length / 4);
  expect(gunzipSync(bytes).toString()).toBe(plain.body);
  const etag = String(packed.headers?.['etag']);
  expect(await get({ 'accept-encoding': 'gzip', 'if-none-match': etag })).toMatchObject({
    statusCode: 304,
    headers: { etag, 'cache-control': 'no-cache', vary: 'authorization, accept-encoding' },
  });
});

test('GET /live with a section that cannot be read is a problem, and the log names the section', async () => {
  await table.putSection('revenue', { windows: 'none' }, nowMs);
  const response = await get();
  expect(response.statusCode).toBe(500);
  expect(response.headers?.['content-type']).toBe('application/problem+json');
  expect(logged.at(-1)?.message).toBe('Cannot read live section revenue: its data is malformed');
  await table.putSection('revenue', shopHour(nowMs).revenue, nowMs);
  expect((await get()).statusCode).toBe(200);
});
