import { createHmac, createPrivateKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  newTokenKeyPair,
  parseTokenKeys,
  signToken,
  type TokenKeyPair,
  verifyToken,
} from '../../../shared/auth/token.ts';

const nowMs = Date.UTC(2026, 4, 4, 12);
const life = { nowMs, lifetimeMs: 60_000 };
const good = { alg: 'EdDSA', typ: 'JWT' };
const seconds = nowMs / 1000;
const claims = {
  iss: 'shop',
  aud: 'shop-api',
  sub: 'operator',
  role: 'operator',
  iat: seconds,
  exp: seconds + 60,
};
let keys: TokenKeyPair;

beforeAll(async () => {
  keys = await newTokenKeyPair();
});

/** A token written by hand, with the algorithms of Node itself. */
function forge(header: object, payload: object, signer: (text: string) => Buffer): string {
  const [head, body] = [header, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `${head}.${body}.${signer(`${head}.${body}`).toString('base64url')}`;
}

function byKey({ publicKey, privateKey }: TokenKeyPair) {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey, d: privateKey };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return (text: string): Buffer => sign(null, Buffer.from(text), key);
}

function reasonOf(token: string, publicKey = keys.publicKey): Promise<string> {
  return verifyToken(publicKey, token, nowMs).then(
    ({ role }) => `accepted as ${role}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test('signToken() gives a token that tells its holder until it expires', async () => {
  const { token, expiresAt } = await signToken(keys, { role: 'shopper', customerId: 7 }, life);
  expect(expiresAt).toBe('2026-05-04T12:01:00.000Z');
  const shopper = { role: 'shopper', customerId: 7, subject: 'customer/7' };
  expect(await verifyToken(keys.publicKey, token, nowMs)).toEqual(shopper);
  expect(await verifyToken(keys.publicKey, token, nowMs + 59_999)).toEqual(shopper);
  await expect(verifyToken(keys.publicKey, token, nowMs + 60_000)).rejects.toThrow(
    'The token has expired',
  );
  const { token: operator } = await signToken(keys, { role: 'operator' }, life);
  expect(await verifyToken(keys.publicKey, operator, nowMs)).toEqual({
    role: 'operator',
    subject: 'operator',
  });
});

test('signToken() refuses a shopper who is nobody, and a customer with another role', async () => {
  await expect(signToken(keys, { role: 'shopper' }, life)).rejects.toThrow(RangeError);
  await expect(signToken(keys, { role: 'admin', customerId: 7 }, life)).rejects.toThrow(RangeError);
});

test('verifyToken() takes a token that any other signer made by the rules', async () => {
  expect(await reasonOf(forge(good, claims, byKey(keys)))).toBe('accepted as operator');
});

test('verifyToken() takes no other algorithm, whatever it is signed with', async () => {
  const refused = 'TokenError: The token is not one that this shop signs';
  const raw = Buffer.from(keys.publicKey, 'base64url');
  const secrets = [raw, Buffer.from(keys.publicKey), Buffer.alloc(0)];
  const hmac = (secret: Buffer) => (text: string) =>
    createHmac('sha256', secret).update(text).digest();
  for (const secret of secrets) {
    expect(await reasonOf(forge({ ...good, alg: 'HS256' }, claims, hmac(secret)))).toBe(refused);
  }
  for (const alg of ['none', 'None', 'RS256', 'ES256', '', 7]) {
    expect(await reasonOf(forge({ ...good, alg }, claims, () => Buffer.alloc(0)))).toBe(refused);
    expect(await reasonOf(forge({ ...good, alg }, claims, byKey(keys)))).toBe(refused);
  }
  const own = { ...good, jwk: { kty: 'OKP', crv: 'Ed25519', x: keys.publicKey } };
  expect(await reasonOf(forge(own, claims, byKey(await newTokenKeyPair())))).toBe(
    'TokenError: The token was not signed by this shop',
  );
  expect(await reasonOf(forge({ ...good, crit: ['x'], x: 1 }, claims, byKey(keys)))).toBe(refused);
});

test('verifyToken() takes no token of another key, for someone else or without an end', async () => {
  const others = await newTokenKeyPair();
  expect(await reasonOf(forge(good, claims, byKey(others)))).toBe(
    'TokenError: The token was not signed by this shop',
  );
  const foreign = 'TokenError: The token is not one for this API';
  const { exp: _exp, ...endless } = claims;
  const { role: _role, ...roleless } = claims;
  for (const payload of [
    { ...claims, aud: 'other-api' },
    { ...claims, iss: 'other-shop' },
    { ...claims, nbf: seconds + 60 },
    { ...claims, role: 'root' },
    { ...claims, role: 'shopper' },
    { ...claims, role: 'shopper', customerId: '7' },
    { ...claims, role: 'shopper', customerId: -7 },
    { ...claims, customerId: 7 },
    { ...claims, exp: 'tomorrow' },
    endless,
    roleless,
  ]) {
    expect(await reasonOf(forge(good, payload, byKey(keys))), JSON.stringify(payload)).toBe(
      foreign,
    );
  }
  expect(await reasonOf(forge({ ...good, typ: 'secevent+jwt' }, claims, byKey(keys)))).toBe(
    foreign,
  );
  expect(await reasonOf(forge(good, claims, byKey(keys)), '')).toBe(
    'TokenError: No token is accepted here: TOKEN_PUBLIC_KEY is unset',
  );
});

test('verifyToken() notices every change of a token', async () => {
  const { token } = await signToken(keys, { role: 'shopper', customerId: 7 }, life);
  const bytesOf = (text: string) =>
    text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  const at = fc.nat(token.length - 1);
  const character = fc.constantFrom(...'ABCxyz019-_.=+/ \n');
  await fc.assert(
    fc.asyncProperty(at, character, async (position, other) => {
      const changed = token.slice(0, position) + other + token.slice(position + 1);
      // The last character of a part has bits that mean nothing.
      fc.pre(bytesOf(changed).join() !== bytesOf(token).join());
      expect(await reasonOf(changed)).toMatch(/^TokenError/);
    }),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      expect(await reasonOf(text)).toMatch(/^TokenError/);
    }),
  );
});

test('parseTokenKeys() tells nothing of a text that is no pair', () => {
  expect(parseTokenKeys(JSON.stringify(keys))).toEqual(keys);
  for (const text of [`x${keys.privateKey}`, JSON.stringify({ privateKey: keys.privateKey })]) {
    const told = (() => {
      try {
        return String(parseTokenKeys(text));
      } catch (error) {
        return `${error} ${JSON.stringify(error)}`;
      }
    })();
    expect(told).toContain('holds no key pair');
    expect(told).not.toContain(keys.privateKey.slice(0, 8));
  }
});
