import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clickIntake } from '../../../functions/click-intake/click-intake.ts';
import { keyedHash } from '../../../shared/shop/keyed-hash.ts';
import {
  type Operation,
  operationsOf,
  requestFor,
  type Sent,
} from '../../fixtures/documented-operations.ts';
import { httpClient } from '../../fixtures/http-client.ts';
import { pseudonymKey, startShop } from '../../fixtures/shop.ts';

/** Mostly those who may do something. */
const callers = [
  ...['operator', 'operator', 'operator', 'operator', 'shopper', 'shopper', 'shopper', 'shopper'],
  ...['nobody', 'stranger', 'analyst', 'admin', 'liar'],
];
/** Of people: no error may tell it, whether it lies in the database or in the request. */
const personal = {
  firstName: 'Zebulonia',
  lastName: 'Quartermain',
  email: 'zebulonia.quartermain@example.com',
  phone: '+55 11 98765 4321',
  address: 'Hidden Lane 77',
  password: 'a password that nobody sees',
  cardNumber: '4242424242424242',
};
const kept = ['customers', 'products', 'categories', 'sellers', 'carts', 'orders', 'order_items'];
const facts = ['payments', 'shipments', 'order_adjustments', 'order_reviews'];

let shop: Awaited<ReturnType<typeof startShop>>;
/** Answers `POST /events`, which stands in the same document. */
let events: ReturnType<typeof httpClient>;
let operations: ReadonlyMap<string, Operation>;
let tokens: ReadonlyMap<string, string>;

beforeAll(async () => {
  shop = await startShop();
  const { cardNumber, ...person } = personal;
  const signedUp = await shop.call('POST', '/customers', { body: { ...person, country: 'BR' } });
  expect(signedUp.status).toBe(201);
  const token = await shop.tokenOf('shopper', 1);
  tokens = new Map([
    ['shopper', token],
    ['stranger', await shop.tokenOf('shopper', signedUp.body.id)],
    ['analyst', await shop.tokenOf('analyst')],
    ['operator', await shop.tokenOf('operator')],
    ['admin', await shop.tokenOf('admin')],
    ['liar', `${await shop.tokenOf('admin')}x`],
  ]);
  for (let order = 1; order <= 3; order++) {
    const { body: cart } = await shop.call('POST', '/carts', { body: {}, token });
    const line = { productId: order, quantity: 2 };
    await shop.call('POST', `/carts/${cart.id}/items`, { body: line, token });
    await shop.call('POST', '/orders', {
      body: { cartId: cart.id, shippingAddress: personal.address, shippingCountry: 'BR' },
      headers: { 'idempotency-key': `order-${order}` },
      token,
    });
  }
  const intake = clickIntake({
    put: async () => {},
    pseudonym: async () => (identifier) => keyedHash(pseudonymKey, identifier),
    tokenPublicKey: shop.tokenKeys.publicKey,
    now: () => Date.UTC(2026, 4, 5),
    count: () => {},
    log: (_message, error) => shop.failures.push(error),
  });
  events = httpClient(intake, 'click-intake');
  operations = operationsOf((await shop.call('GET', '/openapi.json')).body);
});

afterAll(() => shop?.stop());

/** The body with what a person would have written where it asks for that. */
function withPerson(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const known = Object.entries(personal).filter(([name]) => name in body && name !== 'email');
  const card = 'card' in body ? { card: { number: personal.cardNumber, expiryMonth: 99 } } : {};
  return { ...body, ...Object.fromEntries(known), ...card };
}

async function send(method: string, { path, caller, headers, body }: Sent) {
  const token = tokens.get(caller);
  const call = path.startsWith('/events') ? events : shop.call;
  return call(method, path, {
    ...(body === undefined ? {} : { body }),
    headers,
    ...(token === undefined ? {} : { token }),
  });
}

async function rowsOf(tables: readonly string[]): Promise<Record<string, number>> {
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  return (await shop.admin.query(`select ${counts.join(', ')}`)).rows[0];
}

test('whatever is asked, the answer is one that the document tells, and tells of nobody', async () => {
  const before = await rowsOf([...kept, ...facts]);
  const met = new Map<string, number>();
  const request = fc
    .tuple(
      fc.oneof(...[...operations.values()].map((operation) => requestFor(operation, callers))),
      fc.boolean(),
    )
    .map(([sent, isPersonal]) => (isPersonal ? { ...sent, body: withPerson(sent.body) } : sent));
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const operation = operations.get(sent.operation);
      if (operation === undefined) throw new Error(`no operation ${sent.operation}`);
      const reply = await send(operation.method, sent);
      const status = reply.status ?? 0;
      const name = `${sent.operation} ${status}`;
      met.set(name, (met.get(name) ?? 0) + 1);
      expect(shop.failures).toEqual([]);
      expect(status).toBeLessThan(500);
      expect([...operation.answers.keys()], name).toContain(status);
      const shape = operation.answers.get(status);
      if (shape !== undefined) {
        expect(shape.safeParse(reply.body).error?.issues, name).toBeUndefined();
      }
      if (status < 400) return;
      expect(reply.headers['content-type']).toBe('application/problem+json');
      expect(reply.body.status).toBe(status);
      for (const secret of Object.values(personal)) {
        expect(JSON.stringify(reply.body)).not.toContain(secret);
      }
    }),
    { numRuns: 4_000 },
  );
  const after = await rowsOf([...kept, ...facts]);
  for (const [table, rows] of Object.entries(before)) {
    expect(after[table], table).toBeGreaterThanOrEqual(rows);
  }
  const { rows: wrong } = await shop.admin.query(
    `select id from orders where total <> (
       select coalesce(sum(quantity * unit_price), 0) from order_items where order_id = orders.id)`,
  );
  expect(wrong).toEqual([]);
  // A fuzzer that is turned away everywhere has shown nothing.
  const succeeded = [...met.keys()].filter((name) => Number(name.slice(-3)) < 300);
  expect(succeeded.length).toBeGreaterThan(operations.size / 2);
}, 120_000);

test('addresses and methods that do not exist are problem documents as well', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'TRACE', 'x'),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }).map((rest) => `/${rest}`),
        fc.constantFrom(...['/', '/products', '/orders', '/carts/1', '/__proto__', '//', '/%ff']),
      ),
      async (method, path) => {
        const reply = await shop.call(method, path, method === 'GET' ? {} : { body: {} });
        expect(shop.failures).toEqual([]);
        expect(reply.status).toBeLessThan(500);
        if ((reply.status ?? 0) < 400) return;
        expect(reply.headers['content-type']).toBe('application/problem+json');
      },
    ),
    { numRuns: 500 },
  );
});
