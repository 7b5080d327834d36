import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startShop } from '../../fixtures/shop.ts';
import { shopOrders } from '../../fixtures/shop-orders.ts';

const operations = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ security: z.array(z.record(z.string(), z.unknown())), tags: z.array(z.string()) }),
  ),
);

/** Every documented method of every path, with an id of 1 wherever one belongs. */
let all: { name: string; method: string; path: string; isOpen: boolean }[];
let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  shop = await startShop();
  await shop.admin.query(`insert into customers (first_name, last_name, email, country)
    values ('Bob', 'Lima', 'bob@example.com', 'BR')`);
  const orders = await shopOrders(shop);
  const { id } = await orders.placePaid({ 1: 1 });
  await orders.ship(id);
  const token = shop.tokenOf('shopper', 1);
  await shop.call('POST', '/wishlist', { body: { productId: 1 }, token });
  const { body } = await shop.call('GET', '/openapi.json');
  all = Object.entries(operations.parse(body.paths)).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, '1'),
      isOpen: security.some((scheme) => Object.keys(scheme).length === 0),
    })),
  );
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

test('open to anyone is the catalogue, the way in, and what tells of the service', () => {
  expect(all.filter(({ isOpen }) => isOpen).map(({ name }) => name)).toEqual([
    'GET /',
    'GET /health',
    'GET /products',
    'GET /products/{id}',
    'GET /categories',
    'GET /categories/{id}',
    'GET /sellers',
    'GET /sellers/{id}',
    'POST /customers',
    'POST /sessions',
    'POST /events',
  ]);
});

test('everything else answers 401 without a token, whatever is sent', async () => {
  for (const { name, method, path, isOpen } of all) {
    if (isOpen) continue;
    const reply = await shop.call(method, path, method === 'GET' ? {} : { body: {} });
    expect(reply.status, name).toBe(401);
  }
});

test('an analyst writes nothing', async () => {
  const token = await shop.tokenOf('analyst');
  for (const { name, method, path, isOpen } of all) {
    if (isOpen || method === 'GET') continue;
    expect((await shop.call(method, path, { body: {}, token })).status, name).toBe(403);
  }
});

test('a shopper meets nothing of another, by list or by id', async () => {
  const [bob, operator] = await Promise.all([shop.tokenOf('shopper', 2), shop.tokenOf('operator')]);
  for (const { name, method, path, isOpen } of all) {
    if (isOpen || method !== 'GET') continue;
    const seen = await shop.call(method, path, { token: operator });
    expect(seen.status, `${name} by an operator`).toBe(200);
    const reply = await shop.call(method, path, { token: bob });
    if (reply.status === 200) expect(reply.body, name).toEqual({ items: [] });
    else expect([403, 404], name).toContain(reply.status);
  }
});

test('no answer to an analyst holds a name or an address', async () => {
  await shop.admin.query(`update customers set first_name = 'Xylo', last_name = 'Yzal',
    email = 'xylo@example.com', phone = '+55 11 5555', address = 'Rua X 1' where id = 1`);
  await shop.admin.query(`update orders set shipping_address = 'Rua X 1'`);
  const token = await shop.tokenOf('analyst');
  const told: string[] = [];
  for (const { name, method, path, isOpen } of all) {
    if (isOpen || method !== 'GET') continue;
    const { status, body } = await shop.call(method, path, { token });
    expect([200, 403], name).toContain(status);
    if (status === 200) told.push(name);
    expect(JSON.stringify(body), name).not.toMatch(
      /Xylo|Yzal|example\.com|5555|Rua X|127\.0\.0\.1/,
    );
  }
  expect(told).toContain('GET /customers');
});
