import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { cartSummary } from '../../../functions/shop-api/schemas/cart.ts';
import { customer, wishlistEntry } from '../../../functions/shop-api/schemas/customer.ts';
import { orderSummary, payment } from '../../../functions/shop-api/schemas/order.ts';
import { orderItem } from '../../../functions/shop-api/schemas/order-item.ts';
import { shipment } from '../../../functions/shop-api/schemas/shipment.ts';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let operator: string;
let analyst: string;
const shoppers: string[] = [];

beforeAll(async () => {
  shop = await startShop();
  operator = await shop.tokenOf('operator');
  analyst = await shop.tokenOf('analyst');
  await shop.admin.query(
    `insert into customers (first_name, last_name, email, phone, address, country)
     values ('Zeno', 'Secret', 'zeno@example.com', '+1 555', 'Hidden Lane 7', 'PT')`,
  );
  for (const customerId of [1, 2]) {
    const token = await shop.tokenOf('shopper', customerId);
    shoppers.push(token);
    for (let made = 0; made < 3; made++) await buy(token, customerId, made);
  }
  await shop.admin.query(
    `insert into shipments (order_id, customer_id, carrier, shipping_country)
     select id, customer_id, 'Post', shipping_country from orders`,
  );
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

/** A customer's way through the shop: a wish, a cart, an order, a payment. */
async function buy(token: string, customerId: number, made: number): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { 'idempotency-key': `${customerId}-${made}` };
    const reply = await shop.call('POST', path, { body, token, headers });
    expect(reply.status, path).toBe(201);
    return reply.body;
  };
  await post('/wishlist', { productId: made + 1 });
  const { id: cartId } = await post('/carts', {});
  await post(`/carts/${cartId}/items`, { productId: made + 1, quantity: 1 });
  await post(`/carts/${cartId}/items`, { productId: made + 2, quantity: made + 1 });
  const address = { shippingAddress: 'Rua A, 1', shippingCountry: 'BR' };
  const { id } = await post('/orders', { cartId, ...address });
  if (made > 0) await post(`/orders/${id}/payments`, { method: 'pix' });
}

async function items(path: string, token: string) {
  const { status, body } = await shop.call('GET', path, { token });
  expect(status, path).toBe(200);
  return body.items;
}

const lists: Readonly<Record<string, [schema: z.ZodType, rows: number]>> = {
  '/carts': [cartSummary, 6],
  '/orders': [orderSummary, 6],
  '/order_item': [orderItem, 12],
  '/wishlist': [wishlistEntry, 6],
  '/payment': [payment, 4],
  '/shipments': [shipment, 6],
};

test.each(Object.entries(lists))('GET %s gives shoppers theirs, others all', async (path, told) => {
  const [schema, count] = told;
  const all = await items(path, operator);
  expect(all).toHaveLength(count);
  expect(z.array(schema).parse(all)).toEqual(all);
  expect(await items(path, analyst)).toEqual(all);
  const [first = '', second = ''] = shoppers;
  const theirs = [...(await items(path, first)), ...(await items(path, second))];
  expect(theirs).toHaveLength(count);
  expect(theirs.map(({ id }) => id).sort()).toEqual(all.map(({ id }: { id: number }) => id).sort());
  const [mine] = await items(path, first);
  const one = `${path}/${mine.id}`;
  const read = await shop.call('GET', one, { token: first });
  expect(read.body).toMatchObject(mine);
  const { etag, 'cache-control': cacheControl } = read.headers;
  expect(cacheControl).toBe('private, no-cache');
  const again = { token: first, headers: { 'if-none-match': String(etag) } };
  expect((await shop.call('GET', one, again)).status).toBe(304);
  expect((await shop.call('GET', one, { token: second })).status).toBe(404);
  expect((await shop.call('GET', one)).status).toBe(401);
  expect((await shop.call('GET', path)).status).toBe(401);
});

test('lists are narrowed by what their rows say', async () => {
  const ids = async (path: string) =>
    (await items(path, operator)).map(({ id }: { id: number }) => id);
  expect(await ids('/orders?status=paid&customer=2')).toEqual([5, 6]);
  expect(await ids('/orders?sort=-orderedAt&limit=2')).toEqual([6, 5]);
  expect(await ids('/orders?from=2000-01-01T00:00:00Z&country=PT')).toEqual([]);
  expect(await ids('/orders?from=2000-01-01&status=paid&customer=2')).toEqual([5, 6]);
  expect(await ids('/orders?to=2000-01-01')).toEqual([]);
  const [dearest] = await items('/orders?sort=-total', operator);
  expect(await ids(`/orders?totalMin=${dearest.total}`)).toContain(dearest.id);
  expect(await ids('/order_item?order=2')).toEqual([3, 4]);
  expect(await ids('/order_item?product=1')).toEqual([1, 7]);
  expect(await ids('/payment?order=2&status=approved&method=pix')).toEqual([1]);
  expect(await ids('/payment?sort=-paidAt')).toEqual([4, 3, 2, 1]);
  expect(await ids('/payment?to=2000-01-01T00:00:00Z')).toEqual([]);
  expect(await ids('/wishlist?product=1')).toEqual([1, 4]);
  expect(await ids('/shipments?status=preparing&order=3')).toEqual([3]);
  expect(await ids('/carts?status=open')).toEqual([]);
  // A filter narrows what a shopper sees; it never widens it.
  expect(await items('/orders?customer=2', shoppers[0] ?? '')).toEqual([]);
  const [{ lineTotal, unitPrice, quantity }] = await items('/order_item?order=3', operator);
  expect(Number(lineTotal)).toBeCloseTo(quantity * Number(unitPrice), 2);
});

test('no list tells contact data, and names only to operators', async () => {
  const [, zeno] = await items('/customers', operator);
  expect(customer.parse(zeno)).toEqual(zeno);
  expect(zeno).toMatchObject({ id: 2, firstName: 'Zeno', country: 'PT' });
  const { firstName: _first, lastName: _last, ...nameless } = zeno;
  expect(await items('/customers?country=PT', analyst)).toEqual([nameless]);
  for (const path of [...Object.keys(lists), '/customers']) {
    const text = JSON.stringify(await items(path, analyst));
    expect(text).not.toMatch(/Zeno|Secret|example\.com|555|Hidden|Rua A|127\.0/);
  }
  const status = async (path: string, token: string) =>
    (await shop.call('GET', path, { token })).status;
  expect(await status('/customers', shoppers[0] ?? '')).toBe(403);
  expect(await status('/customers/2', analyst)).toBe(403);
  expect(await status('/customers/2', shoppers[0] ?? '')).toBe(404);
  expect(await status('/customers/2', shoppers[1] ?? '')).toBe(200);
});

test('PATCH /customers/{id} is for oneself and operators; hashes follow', async () => {
  const change = (id: number, token: string | undefined, body: object) =>
    shop.call('PATCH', `/customers/${id}`, { body, token: token ?? '' });
  const hashes = async () =>
    (
      await shop.admin.query(
        'select email_hash, phone_hash, address_hash from customers where id = 2',
      )
    ).rows[0];
  const before = await hashes();
  const changed = await change(2, shoppers[1], { address: 'New Lane 8', phone: null });
  expect(changed.body).toMatchObject({ id: 2, firstName: 'Zeno' });
  expect(JSON.stringify(changed.body)).not.toContain('Lane');
  const after = await hashes();
  expect(after.email_hash).toBe(before.email_hash);
  expect(after.address_hash).not.toBe(before.address_hash);
  expect(after.phone_hash).toBeNull();
  expect((await change(2, shoppers[0], { country: 'BR' })).status).toBe(404);
  expect((await change(2, analyst, { country: 'BR' })).status).toBe(403);
  expect((await change(2, operator, { country: 'BR' })).body.country).toBe('BR');
  await change(1, operator, { email: 'one@example.com' });
  const taken = await change(2, operator, { email: 'ONE@example.com' });
  expect(taken).toMatchObject({ status: 409, body: { errors: [{ field: 'email' }] } });
  expect((await change(2, shoppers[1], { password: 'x', email: 'no' })).body.errors).toHaveLength(
    2,
  );
});

test('DELETE /wishlist/{id} takes back a wish of one’s own', async () => {
  const remove = async (token: string | undefined) =>
    (await shop.call('DELETE', '/wishlist/1', { token: token ?? '' })).status;
  expect(await remove(analyst)).toBe(403);
  expect(await remove(shoppers[1])).toBe(404);
  expect(await remove(shoppers[0])).toBe(204);
  expect(await remove(shoppers[0])).toBe(404);
  expect(await items('/wishlist?customer=1', operator)).toHaveLength(2);
});

test('a hostile query is answered, or refused by the names of its parameters', async () => {
  const names = [
    ...['sort', 'limit', 'cursor', 'customer', 'order', 'product', 'status', 'method', 'channel'],
    ...['country', 'totalMin', 'totalMax', 'priceMin', 'q', 'brand', 'active', 'from', 'to'],
    ...['parent', '__proto__', 'constructor'],
  ];
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '1',
      '20',
      '-id',
      'true',
      'paid',
      'BR',
      '19.90',
      '%',
      '\\',
      "' or 1=1 --",
      '\0',
    ),
    fc.constantFrom('9'.repeat(15), '9999999999.99', '0001-01-01T00:00:00+23:59'),
    fc.constantFrom('9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59-14:00', 'WyIiLCIiLDFd'),
  );
  const path = fc.constantFrom(...Object.keys(lists), '/products', '/categories', '/customers');
  const query = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), value), {
    selector: ([name]) => name,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(path, query, async (where, parameters) => {
      const asked = `${where}?${new URLSearchParams(parameters)}`;
      const { status, body } = await shop.call('GET', asked, { token: operator });
      if (status === 200) return;
      expect(status, asked).toBe(400);
      const sent = parameters.map(([name]) => name);
      const named = body.errors.map(({ field }: { field: string }) => field);
      expect(sent, asked).toEqual(expect.arrayContaining(named));
      expect(named).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
});
