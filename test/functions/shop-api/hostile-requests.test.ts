import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  shop = await startShop();
  await shop.call('POST', '/carts', { body: { customerId: 1 }, token: shop.tokenOf('operator') });
});

afterAll(() => shop?.stop());

const nasty = fc.constantFrom(
  '\u0000',
  '\ud800',
  "'; drop table orders; --",
  '%',
  '\\',
  '__proto__',
  '9'.repeat(30),
  '1e309',
  '-0',
  '../../etc/passwd',
  '${7*7}',
);
const id = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), nasty, fc.constant(1));
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), nasty);
const value = fc.oneof(id, text, fc.constant(null), fc.array(fc.anything(), { maxLength: 2 }));
const names = fc.constantFrom(
  ...['customerId', 'productId', 'quantity', 'cartId', 'shippingAddress', 'shippingCountry'],
  ...['firstName', 'lastName', 'email', 'password', 'country', 'phone', 'method', 'card'],
  ...['installments', 'deviceId', 'channel', '__proto__', 'constructor'],
);
const likely = fc.record(
  {
    customerId: id,
    productId: id,
    quantity: id,
    cartId: id,
    shippingAddress: text,
    shippingCountry: fc.constantFrom('BR', 'br', ''),
    deviceId: text,
    method: fc.constantFrom('pix', 'credit_card', 'gold'),
    card: fc.record({ number: text, expiryMonth: id, expiryYear: id }),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  likely,
  fc.dictionary(names, value),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
const path = fc.oneof(
  fc.constantFrom('/customers', '/carts', '/carts/1/items', '/orders', '/wishlist'),
  fc
    .tuple(fc.constantFrom('/products/', '/carts/', '/orders/'), id)
    .map(([at, of]) => `${at}${of}`),
  fc.tuple(id, id).map(([cart, item]) => `/carts/${cart}/items/${item}`),
  id.map((of) => `/orders/${of}/payments`),
  fc
    .dictionary(fc.constantFrom('category', 'q', 'inStock', 'cursor', 'limit', 'x'), text)
    .map((query) => `/products?${new URLSearchParams(query)}`),
  text.map((rest) => `/${rest}`),
);

test('hostile requests are refused with a problem document, never answered with a 5xx', async () => {
  const before = await shop.admin.query('select count(*) from products');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'TRACE'),
      path,
      body,
      text,
      async (method, where, sent, key) => {
        const reply = await shop.call(method, where, {
          ...(method === 'GET' ? {} : { body: sent }),
          headers: { 'idempotency-key': key },
        });
        expect(shop.failures).toEqual([]);
        expect(reply.status).toBeLessThan(500);
        if ((reply.status ?? 0) < 400) return;
        expect(reply.headers['content-type']).toBe('application/problem+json');
        expect(reply.body.status).toBe(reply.status);
      },
    ),
    { numRuns: 1_500 },
  );
  expect((await shop.admin.query('select count(*) from products')).rows).toEqual(before.rows);
});
