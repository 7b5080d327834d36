import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSession } from '../../../functions/shop-api/schemas/session.ts';
import { sessionsOf } from '../../../functions/shop-api/sessions.ts';
import { newTokenKeyPair, verifyToken } from '../../../shared/auth/token.ts';
import { getEvent } from '../../fixtures/http-event.ts';
import { passwords } from '../../fixtures/postgres.ts';
import { startShop } from '../../fixtures/shop.ts';

const ana = {
  firstName: 'Ana',
  lastName: 'Lima',
  email: 'ana@example.com',
  password: 'correct horse battery',
  country: 'BR',
};
const nowMs = getEvent('/').requestContext.timeEpoch;
let shop: Awaited<ReturnType<typeof startShop>>;
let customerId: number;

beforeAll(async () => {
  shop = await startShop();
  const { body } = await shop.call('POST', '/customers', { body: ana });
  customerId = body.id;
  expect(await verifyToken(shop.tokenKeys.publicKey, body.session.token, nowMs)).toEqual({
    role: 'shopper',
    customerId,
    subject: `customer/${customerId}`,
  });
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

async function connect(user: string, password: string): Promise<pg.Client> {
  const client = new pg.Client({ ...shop.connection, user, password });
  await client.connect();
  return client;
}

function logIn(email: string, password: string) {
  return shop.call('POST', '/sessions', { body: { email, password } });
}

test('POST /sessions begins the session of a customer, however the address is spelled', async () => {
  const { status, headers, body } = await logIn('ANA@example.com', ana.password);
  expect(status).toBe(201);
  expect(headers['cache-control']).toBe('no-store');
  expect(newSession.parse(body)).toEqual(body);
  expect(body.customerId).toBe(customerId);
  expect(body.expiresAt).toBe(new Date(nowMs + 12 * 3_600_000).toISOString());
  const cart = { body: {}, token: body.token };
  expect((await shop.call('POST', '/carts', cart)).body).toMatchObject({ customerId });
  const late = { ...cart, atMs: nowMs + 12 * 3_600_000 };
  expect((await shop.call('POST', '/carts', late)).body).toMatchObject({
    status: 401,
    detail: 'The token has expired.',
  });
});

test('a wrong password and an unknown address get one answer, in one time', {
  timeout: 60_000,
}, async () => {
  const one = await shop.admin.query('select email from customers where id = 1');
  const wrong = await logIn(ana.email, 'wrong horse battery');
  const unknown = await logIn('nobody@example.com', ana.password);
  const withoutPassword = await logIn(one.rows[0].email, ana.password);
  expect(wrong.body).toEqual({
    status: 401,
    title: 'No customer has this e-mail address and this password',
    instance: '/sessions',
  });
  expect([unknown, withoutPassword]).toEqual([wrong, wrong]);
  // The quickest of some: what else the machine does only ever adds. Without the hash it would be a
  // tenth, or less.
  const quickestMs = new Map([ana.email, 'nobody@example.com'].map((email) => [email, Infinity]));
  for (let round = 0; round < 5; round++) {
    for (const [email, quickest] of quickestMs) {
      const startedMs = performance.now();
      await logIn(email, 'wrong horse battery');
      quickestMs.set(email, Math.min(quickest, performance.now() - startedMs));
    }
  }
  const [known = 0, stranger = 0] = quickestMs.values();
  expect(stranger / known).toBeGreaterThan(0.25);
  expect(stranger / known).toBeLessThan(4);
});

test('no password is checked beside the address that the front bounds', async () => {
  const body = { email: ana.email, password: ana.password };
  const beside = { status: 404, body: { title: 'Nothing stands at this address' } };
  expect(await shop.call('POST', '/sessions/', { body })).toMatchObject(beside);
  const other = { ...ana, email: 'beside@example.com' };
  expect(await shop.call('POST', '/customers/', { body: other })).toMatchObject(beside);
  const token = shop.tokenOf('shopper', customerId);
  const change = { body: { country: 'PT' }, token };
  expect(await shop.call('PATCH', `/customers/${customerId}/`, change)).toMatchObject(beside);
  expect((await shop.call('GET', '/products/')).status).toBe(200);
});

test('the user of the shop asks for a hash by an address, and reads no credentials', async () => {
  const asApp = await connect('shop_app', passwords.app);
  const asCapture = await connect('shop_capture', passwords.capture);
  const sought = 'select * from find_credentials(keyed_hash($1))';
  expect((await asApp.query(sought, [ana.email])).rows).toEqual([
    { customer_id: String(customerId), password_hash: expect.stringMatching(/^scrypt\$/) },
  ]);
  for (const [client, statement] of [
    [asApp, 'select * from private.credentials'],
    [asApp, 'select email from customers'],
    [asApp, 'update customers set email_hash = null'],
    [asCapture, `select find_credentials('x')`],
  ] as const) {
    await expect(client.query(statement), statement).rejects.toThrow('permission denied');
  }
  await Promise.all([asApp.end(), asCapture.end()]);
});

test('sessionsOf() signs with a key that is accepted here, or says 503 and in the log why', async () => {
  const [keys, others] = [await newTokenKeyPair(), await newTokenKeyPair()];
  const secrets = ['unset', JSON.stringify(others), JSON.stringify(keys)];
  const logged: string[] = [];
  const sessions = sessionsOf(
    { publicKey: keys.publicKey, readSecret: async () => secrets.shift() ?? '' },
    (_message, error) => logged.push(error.message),
  );
  for (const _ of [1, 2]) await expect(sessions.check()).rejects.toMatchObject({ status: 503 });
  await sessions.check();
  const { token } = await sessions.begin(7, nowMs);
  expect(await verifyToken(keys.publicKey, token, nowMs)).toMatchObject({ customerId: 7 });
  expect(logged).toHaveLength(2);
  expect(logged.join()).not.toContain(others.privateKey);
  expect(logged.join()).toContain(others.publicKey);
});

test('whoever has only a session does not take the account over by changing its e-mail', async () => {
  const token = shop.tokenOf('shopper', customerId);
  const change = (body: object, caller = token) =>
    shop.call('PATCH', `/customers/${customerId}`, { body, token: caller });
  const email = 'ana.lima@example.com';
  const errors = [{ field: 'currentPassword', reason: expect.stringContaining('Must be') }];
  expect(await change({ email })).toMatchObject({ status: 422, body: { errors } });
  expect(await change({ email, currentPassword: 'a guess' })).toMatchObject({
    status: 422,
    body: { errors },
  });
  expect((await logIn(email, ana.password)).status).toBe(401);
  expect((await change({ email, currentPassword: ana.password })).status).toBe(200);
  expect((await logIn(email, ana.password)).status).toBe(201);
  expect((await change({ email: ana.email }, shop.tokenOf('operator'))).status).toBe(200);
  expect((await change({ currentPassword: ana.password })).status).toBe(422);
  expect((await change({ phone: null })).status).toBe(200);
});
