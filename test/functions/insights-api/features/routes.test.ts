import { expect, test } from 'vitest';
import { newTokenKeyPair, type Role, signToken } from '../../../../shared/auth/token.ts';
import { saleFeaturesSchema } from '../../../../shared/events/sale-features.ts';
import { customerBehavior, saleFeatures } from '../../../../shared/sales/sale-features.ts';
import { httpClient } from '../../../fixtures/http-client.ts';
import { getEvent } from '../../../fixtures/http-event.ts';
import { testInsights } from '../../../fixtures/insights.ts';
import { itemFact, someone, takenSales } from '../../../fixtures/sales.ts';

const noonMs = Date.UTC(2026, 2, 2, 12);
const minuteMs = 60_000;
const keys = await newTokenKeyPair();
let nowMs = noonMs;
const prices = [1_000, 2_000, 6_000];
const { told: toldSales, knownAt } = await takenSales(
  prices.map((unitPriceCents, index) =>
    itemFact({ itemId: String(index + 1), orderedAtMs: noonMs + index * minuteMs, unitPriceCents }),
  ),
);
const handler = testInsights({ sales: knownAt(() => nowMs), tokenPublicKey: keys.publicKey });

async function get(path: string, role: Role = 'analyst', headers: Record<string, string> = {}) {
  const life = { nowMs: getEvent('/').requestContext.timeEpoch, lifetimeMs: 60_000 };
  const customerId = role === 'shopper' ? 7 : undefined;
  const { token } = await signToken(keys, { role, customerId }, life);
  return httpClient(handler, 'insights-api')('GET', path, { token, headers });
}

test('GET /features/sales/{id} tells what the stream was told, with an ETag', async () => {
  expect(toldSales).toHaveLength(prices.length);
  for (const { id, data } of toldSales) {
    const { status, body } = await get(`/features/sales/${id.split('|')[1]}`);
    expect(status).toBe(200);
    const { customerBehaviorVector, ...told } = body;
    expect(told).toEqual(saleFeaturesSchema.parse(data));
    expect(Object.keys(told.features)).toEqual(saleFeatures.features.map(({ name }) => name));
    expect(customerBehaviorVector).toEqual(customerBehavior.map((name) => told.features[name]));
  }
  const { headers } = await get('/features/sales/1');
  const again = { 'if-none-match': String(headers['etag']) };
  expect((await get('/features/sales/1', 'operator', again)).status).toBe(304);
  expect(await get('/features/sales/9')).toMatchObject({
    status: 404,
    body: { title: 'No features of this' },
  });
});

test('entities tell what is known of them now, and forget what windows have passed', async () => {
  nowMs = noonMs + 3 * minuteMs;
  expect((await get('/features/sellers/7')).body).toEqual({
    id: '7',
    at: '2026-03-02T12:03:00.000Z',
    atMs: nowMs,
    features: {
      seller_volume_last_1h: 18_000,
      seller_pieces_1h: 6,
      seller_lines_1h: 3,
      seller_lines_28d: 3,
    },
  });
  const lateMinutes = 25 + 3;
  const trend = expect.closeTo((3 * 30) / Math.sqrt(lateMinutes * 30 * 3), 12);
  expect((await get('/features/categories/5')).body.features).toEqual({
    category_lines_30m: 3,
    category_lines_1h: 3,
    category_lines_28d: 3,
    category_trend_30min: trend,
    category_hour_lines_28d: 3,
    seasonality_score: 168,
  });
  expect((await get('/features/products/3')).body.features).toEqual({
    product_mean_price_28d: 3_000,
    product_pieces_1h: 6,
    product_pieces_28d: 6,
    product_lines_28d: 3,
  });
  const { body } = await get(`/features/customers/${someone}`);
  expect(Object.keys(body.features)).toEqual(customerBehavior);
  expect(body.features).toMatchObject({ customer_pieces_28d: 6, customer_views_7d: 0 });
  expect(body.customerBehaviorVector).toEqual(Object.values(body.features));

  nowMs = noonMs + 5 * 3_600_000;
  expect((await get('/features/sellers/7')).body.features).toMatchObject({
    seller_volume_last_1h: 0,
    seller_lines_28d: 3,
  });
  expect((await get('/features/categories/5')).body.features).toMatchObject({
    category_trend_30min: null,
    seasonality_score: 0,
  });
});

test('a price is told how far it lies from those that were sold at', async () => {
  nowMs = noonMs + 3 * minuteMs;
  const { body } = await get('/features/categories/5?priceCents=3000');
  expect(body.features).toMatchObject({
    price_cents: 3_000,
    price_zscore: 0,
    price_zscore_season: 0,
  });
  expect(body.features).not.toHaveProperty('price_zscore_seller');
  expect((await get('/features/products/3?priceCents=1500')).body.features).toMatchObject({
    price_to_product_mean: 0.5,
  });
});

test('who may not ask is refused, and so is what cannot be an id', async () => {
  expect((await get('/features/sellers/7', 'shopper')).status).toBe(403);
  expect((await get(`/features/customers/9`)).body.errors).toEqual([
    { field: 'id', reason: 'Must be a pseudonym: 64 hexadecimal digits' },
  ]);
  expect((await get('/features/sellers/7?priceCents=-1')).status).toBe(400);
  for (const path of ['sellers/8', 'categories/8', 'products/8', `customers/${'0'.repeat(64)}`]) {
    expect((await get(`/features/${path}`)).status).toBe(404);
  }
});
