import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customerOf, onlyCustomer, owns } from '../../../functions/shop-api/access.ts';
import type { CallOptions } from '../../fixtures/http-client.ts';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
/** Tokens of two customers and of the others. */
let ana: string;
let bob: string;
let operator: string;
let admin: string;
let analyst: string;
let anasCart: number;
let anasOrder: number;

beforeAll(async () => {
  shop = await startShop();
  await shop.admin.query(`insert into customers (first_name, last_name, email, country)
    values ('Bob', 'Lima', 'bob@example.com', 'BR')`);
  ana = await shop.tokenOf('shopper', 1);
  bob = await shop.tokenOf('shopper', 2);
  operator = await shop.tokenOf('operator');
  admin = await shop.tokenOf('admin');
  analyst = await shop.tokenOf('analyst');
  anasOrder = (await order(await cartWithOne(), ana, 'first')).body.id;
  anasCart = await cartWithOne();
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

async function cartWithOne(): Promise<number> {
  const { body } = await shop.call('POST', '/carts', { body: {}, token: ana });
  const line = { body: { productId: 1, quantity: 1 }, token: ana };
  expect((await shop.call('POST', `/carts/${body.id}/items`, line)).status).toBe(201);
  return body.id;
}

function order(cartId: number, token: string, key: string) {
  const body = { cartId, shippingAddress: 'Rua A, 1', shippingCountry: 'BR' };
  return shop.call('POST', '/orders', { body, token, headers: { 'idempotency-key': key } });
}

/** Everything that touches what belongs to somebody. */
function requests(cart: number, line: number, orderId: number): [string, string, CallOptions][] {
  return [
    ['GET', `/carts/${cart}`, {}],
    ['POST', `/carts/${cart}/items`, { body: { productId: 2, quantity: 1 } }],
    ['PATCH', `/carts/${cart}/items/${line}`, { body: { quantity: 2 } }],
    ['DELETE', `/carts/${cart}/items/${line}`, {}],
    ['GET', `/orders/${orderId}`, {}],
    ['POST', `/orders/${orderId}/payments`, { body: { method: 'pix' } }],
  ];
}

async function lineOf(cart: number): Promise<number> {
  return (await shop.call('GET', `/carts/${cart}`, { token: operator })).body.items[0].id;
}

test('someone else’s cart and order are answered as if there were none', async () => {
  const theirs = requests(anasCart, await lineOf(anasCart), anasOrder);
  const noOnes = requests(4711, 4711, 4711);
  const before = await shop.call('GET', `/carts/${anasCart}`, { token: ana });
  for (const [index, [method, path, options]] of theirs.entries()) {
    const reply = await shop.call(method, path, { ...options, token: bob });
    const [, otherPath = '', otherOptions] = noOnes[index] ?? [];
    const unknown = await shop.call(method, otherPath, { ...otherOptions, token: bob });
    expect(reply.status, path).toBe(404);
    const { instance: _theirs, ...told } = reply.body;
    const { instance: _noOnes, ...toldOfNone } = unknown.body;
    expect(told, path).toEqual(toldOfNone);
  }
  const reply = await order(anasCart, bob, 'bobs');
  expect(reply.body).toEqual((await order(4711, bob, 'bobs')).body);
  expect(reply.body.errors).toEqual([{ field: 'cartId', reason: 'There is no such cart' }]);
  // A key of the other customer tells nothing either.
  expect((await order(anasCart, bob, 'first')).body).toEqual(reply.body);
  expect(await shop.call('GET', `/carts/${anasCart}`, { token: ana })).toEqual(before);
});

test('nobody without a token, and no analyst, touches carts, wishes, orders, payments', async () => {
  const all: [string, string, CallOptions][] = [
    ...requests(anasCart, 1, anasOrder).slice(1, 4),
    ['POST', '/carts', { body: { customerId: 1 } }],
    ['POST', '/wishlist', { body: { customerId: 1, productId: 1 } }],
    ['POST', '/orders', { body: {} }],
    ['POST', `/orders/${anasOrder}/payments`, { body: { method: 'pix' } }],
  ];
  for (const [method, path, options] of all) {
    const without = await shop.call(method, path, options);
    expect(without, path).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer', 'content-type': 'application/problem+json' },
      body: { status: 401, title: 'A token is needed', instance: path },
    });
    const asAnalyst = await shop.call(method, path, { ...options, token: analyst });
    expect(asAnalyst, path).toMatchObject({
      status: 403,
      body: {
        detail: "It takes role shopper, operator or admin; this token's is analyst.",
      },
    });
  }
});

test('an operator and an admin act for every customer, whom they have to name', async () => {
  for (const token of [operator, admin]) {
    const body = { customerId: 2 };
    const made = await shop.call('POST', '/carts', { body, token });
    expect(made).toMatchObject({ status: 201, body: { customerId: 2 } });
    const nameless = await shop.call('POST', '/carts', { body: {}, token });
    expect(nameless).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'customerId', reason: expect.stringContaining('Must be given') }] },
    });
    expect((await shop.call('GET', `/orders/${anasOrder}`, { token })).status).toBe(200);
  }
});

test('a shopper writes for no one else', async () => {
  for (const [path, body] of [
    ['/carts', { customerId: 1 }],
    ['/wishlist', { customerId: 1, productId: 1 }],
  ] as const) {
    expect(await shop.call('POST', path, { body, token: bob })).toMatchObject({
      status: 403,
      body: { errors: [{ field: 'customerId', reason: 'Must be your own, or left out' }] },
    });
    const own = await shop.call('POST', path, { body: { ...body, customerId: 2 }, token: bob });
    expect(own).toMatchObject({ status: 201, body: { customerId: 2 } });
  }
});

test('a token that is no good is refused even where none is needed', async () => {
  const reply = await shop.call('GET', '/products', { token: `${bob}x` });
  expect(reply).toMatchObject({ status: 401, body: { title: 'The token is not accepted' } });
  expect(JSON.stringify(reply)).not.toContain(bob.slice(-20));
  expect((await shop.call('GET', '/products', { token: analyst })).status).toBe(200);
});

test('who is not let in learns nothing of what is wrong with the body', async () => {
  const reply = await shop.call('POST', '/orders', { body: '{"cartId": }' });
  expect(reply.status).toBe(401);
});

describe('access', () => {
  const shopper = { role: 'shopper', customerId: 7 } as const;

  test('owns() and onlyCustomer() agree on whose rows are the caller’s', () => {
    expect([owns(shopper, 7), owns(shopper, 8)]).toEqual([true, false]);
    expect(onlyCustomer(shopper)).toBe(7);
    for (const role of ['operator', 'admin'] as const) {
      expect([owns({ role }, 7), onlyCustomer({ role })]).toEqual([true, null]);
    }
    expect([owns({ role: 'analyst' }, 7), owns({ role: 'anyone' }, 7)]).toEqual([false, false]);
    expect(onlyCustomer({ role: 'anyone' })).toBe(0);
  });

  test('customerOf() takes a shopper’s own id where none is given', () => {
    expect([customerOf(shopper, undefined), customerOf(shopper, 7)]).toEqual([7, 7]);
    expect(() => customerOf(shopper, 8)).toThrow('The token gives no right to this');
  });
});
