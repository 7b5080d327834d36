import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '../../../cli/shoppers/actions.ts';
import { runShoppers } from '../../../cli/shoppers/run-shoppers.ts';
import { clickIntake } from '../../../functions/click-intake/click-intake.ts';
import type { ClickRecord } from '../../../shared/events/click.ts';
import { clearShop } from '../../../shared/shop/clear.ts';
import { seedShop } from '../../../shared/shop/seed.ts';
import { serveHandlers } from '../../fixtures/http-front.ts';
import { startShop } from '../../fixtures/shop.ts';

const clicks: ClickRecord[] = [];
let shop: Awaited<ReturnType<typeof startShop>>;
let front: Awaited<ReturnType<typeof serveHandlers>>;

beforeAll(async () => {
  shop = await startShop();
  const intake = clickIntake({
    tokenPublicKey: '',
    now: () => Date.now(),
    put: async (records) => void clicks.push(...records),
    pseudonym: async () => (identifier) => identifier,
    count() {},
    log: (_message, error) => shop.failures.push(error),
  });
  front = await serveHandlers({ $default: shop.handler, '/events': intake });
});

afterAll(async () => {
  await front?.close();
  await shop?.stop();
});

async function counts(): Promise<Record<string, number>> {
  const { rows } = await shop.admin.query(`select
    (select count(*)::int from orders) as orders,
    (select count(*)::int from orders where status = 'paid') as paid,
    (select count(*)::int from payments where status = 'declined') as declined,
    (select count(*)::int from order_items) as items,
    (select count(*)::int from wishlists) as wishes,
    (select count(*)::int from private.credentials) as customers`);
  return rows[0];
}

test('runShoppers() shops through the API, and what it reports is what the shop has', async () => {
  const report = await runShoppers({
    apiUrl: front.url,
    ratePerSecond: 80,
    seed: 7,
    signal: AbortSignal.timeout(6_000),
  });
  expect(report.errors).toEqual({});
  const drawn = actions.reduce((sum, action) => sum + report.drawn[action], 0);
  const done = actions.reduce((sum, action) => sum + report.done[action], 0);
  expect(drawn).toBeGreaterThan(50);
  expect(drawn).toBeLessThanOrEqual(481);
  expect(done).toBe(drawn);
  expect(report.done.view).toBeGreaterThan(report.drawn.view);
  expect(report.done.placeOrder).toBe(report.ordersPlaced);
  expect(report.ordersPlaced).toBeGreaterThan(1);
  const has = await counts();
  expect(has).toMatchObject({
    orders: report.ordersPlaced,
    paid: report.ordersPaid,
    declined: report.paymentsDeclined,
    customers: report.shoppers,
  });
  expect(report.ordersPaid).toBeGreaterThan(0);
  expect(report.ordersPaid).toBeLessThanOrEqual(report.ordersPlaced);
  expect(has['items']).toBeGreaterThanOrEqual(report.ordersPlaced);
  // A removal knows no category, an order is no click, everything else is one.
  expect(report.clicksSent).toBe(done - report.done.placeOrder);
  expect(clicks).toHaveLength(report.clicksSent);
  const kinds = new Set(clicks.map(({ type }) => type));
  expect([...kinds].sort()).toEqual(['browse', 'cart', 'remove', 'view', 'wishlist']);
  expect(shop.failures).toEqual([]);
});

test('runShoppers() lets fraudsters come now and then, and tells where everybody comes from', async () => {
  const before = await counts();
  const operatorToken = await shop.tokenOf('operator');
  const report = await runShoppers({
    apiUrl: front.url,
    ratePerSecond: 40,
    seed: 9,
    signal: AbortSignal.timeout(12_000),
    operatorToken: async () => operatorToken,
    fraudEveryMs: 800,
  });
  expect(report.errors).toEqual({});
  expect(report.fraudsters).toBeGreaterThan(0);
  expect(report.fraudOrders).toBeGreaterThan(0);
  expect(report.ordersPlaced).toBe(report.done.placeOrder + report.fraudOrders);
  const { rows } = await shop.admin.query<{ ip: string }>(
    'select ip from orders order by id offset $1',
    [before['orders']],
  );
  expect(rows).toHaveLength(report.ordersPlaced);
  expect(new Set(rows.map(({ ip }) => ip)).size).toBeGreaterThan(3);
  for (const { ip } of rows) expect(ip).toMatch(/^(2001:db8:|203\.0\.113\.|192\.0\.2\.)/);
});

test('runShoppers() goes on where nothing is left to buy', async () => {
  await shop.admin.query('update products set stock = 0');
  const before = await counts();
  const report = await runShoppers({
    apiUrl: front.url,
    ratePerSecond: 80,
    seed: 8,
    signal: AbortSignal.timeout(6_000),
  });
  expect(report.ordersPlaced).toBe(0);
  expect(report.drawn.placeOrder).toBeGreaterThan(0);
  expect(Object.keys(report.errors)).toEqual(['422']);
  expect((await counts())['orders']).toBe(before['orders']);
});

test('runShoppers() counts what fails, and says when there is no shop at all', async () => {
  const nowhere = 'http://127.0.0.1:1/';
  const options = { ratePerSecond: 10, seed: 1, signal: AbortSignal.timeout(1_000) };
  await expect(runShoppers({ ...options, apiUrl: nowhere })).rejects.toThrow(
    'Cannot shop: no shop answers at this address: received "http://127.0.0.1:1/"',
  );
  await expect(runShoppers({ ...options, apiUrl: front.url, ratePerSecond: 0 })).rejects.toThrow(
    'the rate must be above 0: received 0',
  );
  const halfAShop = await serveHandlers({ $default: shop.handler });
  const { errors, clicksSent } = await runShoppers({
    apiUrl: halfAShop.url,
    ratePerSecond: 10,
    seed: 1,
    signal: AbortSignal.timeout(4_000),
  });
  await halfAShop.close();
  expect(clicksSent).toBe(0);
  expect(errors['404']).toBeGreaterThan(0);
});

test('runShoppers() goes on in a shop that was emptied and filled anew', async () => {
  await shop.admin.query('update products set stock = 500, is_active = true');
  const shopping = new AbortController();
  const { signal } = shopping;
  const running = runShoppers({ apiUrl: front.url, ratePerSecond: 40, seed: 3, signal });
  const ordersThere = async () => (await counts())['orders'];
  const before = (await ordersThere()) ?? 0;
  await expect.poll(ordersThere, { timeout: 20_000 }).toBeGreaterThan(before);
  await clearShop(shop.admin, 'all');
  await seedShop(shop.admin, { categories: 2, products: 5, customers: 1, sellers: 1, seed: 8 });
  await expect.poll(ordersThere, { timeout: 30_000 }).toBeGreaterThan(2);
  shopping.abort();
  const { errors } = await running;
  expect(Object.keys(errors).filter((kind) => !['404', '422'].includes(kind))).toEqual([]);
}, 60_000);
