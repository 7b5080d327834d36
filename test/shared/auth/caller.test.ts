import { beforeAll, expect, test } from 'vitest';
import { admit, readCaller } from '../../../shared/auth/caller.ts';
import {
  newTokenKeyPair,
  type Role,
  roles,
  signToken,
  type TokenKeyPair,
} from '../../../shared/auth/token.ts';
import { getEvent } from '../../fixtures/http-event.ts';

const nowMs = getEvent('/').requestContext.timeEpoch;
let keys: TokenKeyPair;
let token: string;

beforeAll(async () => {
  keys = await newTokenKeyPair();
  ({ token } = await signToken(keys, { role: 'analyst' }, { nowMs, lifetimeMs: 1_000 }));
});

test('readCaller() tells who a request is from, and anyone without a token', async () => {
  expect(await readCaller(getEvent('/'), keys.publicKey)).toEqual({ role: 'anyone' });
  for (const authorization of [`Bearer ${token}`, `bearer  ${token} `]) {
    const event = getEvent('/', { authorization });
    expect(await readCaller(event, keys.publicKey)).toMatchObject({ role: 'analyst' });
  }
});

test('readCaller() refuses what is no good token, and repeats nothing of it', async () => {
  for (const authorization of [
    '',
    token,
    'Bearer',
    `Bearer ${token}x`,
    `Basic ${token}`,
    `Bearer ${token},Bearer ${token}`,
    `Bearer ${token} ${token}`,
  ]) {
    const refused = await readCaller(getEvent('/', { authorization }), keys.publicKey).catch(
      (error: unknown) => error,
    );
    expect(refused, authorization).toMatchObject({
      status: 401,
      message: 'The token is not accepted',
      details: { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    });
    expect(JSON.stringify(refused)).not.toContain(token.slice(0, 20));
  }
});

test('readCaller() takes no token of a request without a time', async () => {
  const event = getEvent('/', { authorization: `Bearer ${token}` });
  const timeless = { ...event, requestContext: { ...event.requestContext, timeEpoch: 0 } };
  await expect(readCaller(timeless, keys.publicKey)).rejects.toMatchObject({ status: 401 });
});

test('admit() lets the roles in that it names, and an admin', () => {
  const outcome = (access: readonly Role[], role: Role | 'anyone') => {
    try {
      admit(access, { role });
      return 200;
    } catch (error) {
      return error instanceof Error && 'status' in error ? error.status : error;
    }
  };
  for (const role of [...roles, 'anyone'] as const) admit('anyone', { role });
  const everyone = ['anyone', ...roles] as const;
  expect(everyone.map((role) => outcome(['shopper', 'operator'], role))).toEqual([
    ...[401, 200, 403, 200, 200],
  ]);
  expect(everyone.map((role) => outcome([], role))).toEqual([401, 403, 403, 403, 200]);
});
