import { scryptSync } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedUp } from '../../../functions/shop-api/schemas/customer.ts';
import { keyedHash } from '../../../shared/shop/keyed-hash.ts';
import { pseudonymKey, startShop } from '../../fixtures/shop.ts';

const ana = {
  firstName: 'Ana',
  lastName: 'Lima',
  email: 'Ana.Lima@example.com',
  password: 'correct horse battery',
  country: 'BR',
};
let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  shop = await startShop();
});

afterAll(() => shop?.stop());

test('POST /customers signs a customer up, its password kept as a scrypt hash apart', async () => {
  const { status, body } = await shop.call('POST', '/customers', { body: ana });
  expect(status).toBe(201);
  expect(signedUp.parse(body)).toEqual(body);
  const { rows } = await shop.admin.query(
    `select email_hash, password_hash from customers
     join private.credentials on customer_id = id where id = $1`,
    [body.id],
  );
  expect(rows[0].email_hash).toBe(keyedHash(pseudonymKey, ana.email));
  const [scheme, cost, blockSize, parallelization, salt, hash] = rows[0].password_hash.split('$');
  expect([scheme, cost, blockSize, parallelization]).toEqual(['scrypt', '16384', '8', '5']);
  const options = { N: 16384, r: 8, p: 5, maxmem: 2 ** 26 };
  const again = scryptSync(ana.password, Buffer.from(salt, 'base64url'), 32, options);
  expect(hash).toBe(again.toString('base64url'));
});

test('POST /customers refuses an address that is known, however it is spelled', async () => {
  const body = { ...ana, email: 'ANA.LIMA@example.com' };
  const reply = await shop.call('POST', '/customers', { body });
  expect(reply).toMatchObject({ status: 409, body: { status: 409 } });
  expect(JSON.stringify(reply.body)).not.toMatch(/lima/i);
});

test('POST /customers signs one up of several who come with the same address at once', async () => {
  const body = { ...ana, email: 'race@example.com' };
  const apis = [shop.instance(), shop.instance(), shop.instance()];
  const replies = await Promise.all(
    apis.map(({ call }, index) =>
      call('POST', '/customers', { body: { ...body, firstName: `Ana ${index}` } }),
    ),
  );
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  await Promise.all(apis.map(({ close }) => close()));
});

test('POST /customers lists everything that is wrong, and repeats nothing of it', async () => {
  const { status, body } = await shop.call('POST', '/customers', {
    body: { firstName: ' ', lastName: 'a\u0000b', email: 'at home', password: 'short!', age: 7 },
  });
  expect(status).toBe(422);
  expect(body.errors).toEqual([
    { field: 'firstName', reason: 'Must not be empty' },
    { field: 'lastName', reason: 'Must not contain control characters' },
    { field: 'email', reason: 'Must be an e-mail address' },
    { field: 'password', reason: 'Must have at least 10 characters' },
    { field: 'country', reason: expect.stringContaining('string') },
    { field: 'age', reason: 'Is not known' },
  ]);
  expect(JSON.stringify(body)).not.toContain('short!');
});

test('a body that cannot be read is told so before anything else', async () => {
  const malformed = await shop.call('POST', '/customers', { body: '{"password": "hunter2", }' });
  expect(malformed).toMatchObject({ status: 400, body: { title: 'The body is not JSON' } });
  expect(JSON.stringify(malformed.body)).not.toContain('hunter2');
  const nothing = await shop.call('POST', '/customers', { body: '' });
  expect(nothing.body).toMatchObject({ status: 400, title: 'The body is not JSON' });
  const large = await shop.call('POST', '/customers', {
    body: JSON.stringify('é'.repeat(131_072)),
  });
  expect(large.body).toMatchObject({
    status: 413,
    detail: 'At most 262144 bytes are read; this one has 262146.',
  });
  const headers = { 'content-type': 'text/plain' };
  const text = await shop.call('POST', '/customers', { body: ana, headers });
  expect(text).toMatchObject({ status: 415, headers: { accept: 'application/json' } });
  const none = await shop.call('POST', '/customers');
  expect(none.status).toBe(415);
});

test('POST /wishlist keeps a wish once and names what it does not know', async () => {
  const body = { customerId: 1, productId: 2 };
  const token = shop.tokenOf('operator');
  const first = await shop.call('POST', '/wishlist', { body, token });
  const own = { body: { productId: 2 }, token: shop.tokenOf('shopper', 1) };
  const second = await shop.call('POST', '/wishlist', own);
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  const unknown = { customerId: 98, productId: 99 };
  const { status, body: document } = await shop.call('POST', '/wishlist', {
    body: unknown,
    token,
  });
  expect(status).toBe(422);
  expect(document.errors.map((error: { field: string }) => error.field)).toEqual([
    'customerId',
    'productId',
  ]);
  expect(shop.failures).toEqual([]);
});

test('POST /wishlist made twice at the same moment is one wish', async () => {
  const rival = new pg.Client(shop.connection);
  await rival.connect();
  await rival.query('begin');
  await rival.query('insert into wishlists (customer_id, product_id) values (1, 3)');
  const wishing = shop.call('POST', '/wishlist', {
    body: { productId: 3 },
    token: shop.tokenOf('shopper', 1),
  });
  await expect
    .poll(async () => {
      const { rows } = await shop.admin.query('select from pg_locks where not granted');
      return rows.length;
    })
    .toBe(1);
  await rival.query('commit');
  await rival.end();
  expect(await wishing).toMatchObject({ status: 200, body: { customerId: 1, productId: 3 } });
});

test('an operator tells since when an account, a cart and a wish are there', async () => {
  const at = '2010-12-01T08:26:00.000Z';
  const headers = { 'shop-time': at };
  const body = { ...ana, email: 'of-old@example.com' };
  const token = shop.tokenOf('operator');
  const old = await shop.call('POST', '/customers', { body, token, headers });
  expect(old).toMatchObject({ status: 201, body: { createdAt: at } });
  const own = { token: old.body.session.token };
  const { id: customerId } = old.body;
  const cart = await shop.call('POST', '/carts', { body: { customerId }, token, headers });
  expect(cart).toMatchObject({ status: 201, body: { customerId, createdAt: at } });
  const wish = { customerId, productId: 1 };
  const wished = await shop.call('POST', '/wishlist', { body: wish, token, headers });
  expect(wished).toMatchObject({ status: 201, body: { ...wish, createdAt: at } });
  for (const [path, told] of [
    ['/carts', {}],
    ['/wishlist', wish],
  ] as const) {
    const refused = await shop.call('POST', path, { body: told, ...own, headers });
    expect(refused.status, path).toBe(403);
  }
  const another = { ...ana, email: 'pretender@example.com' };
  for (const caller of [{}, own]) {
    const reply = await shop.call('POST', '/customers', { body: another, headers, ...caller });
    expect(reply).toMatchObject({ status: 403, body: { errors: [{ field: 'shop-time' }] } });
  }
  const ahead = { headers: { 'shop-time': '2999-01-01T00:00:00Z' }, token };
  expect((await shop.call('POST', '/customers', { body: another, ...ahead })).status).toBe(400);
});
