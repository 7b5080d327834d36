import { expect, test } from 'vitest';
import { tokenRefusal } from '../../web/token-refusal.ts';

const problem = { 'content-type': 'application/problem+json' };
const answer = (status: number, body: object, headers: Record<string, string> = problem) =>
  new Response(JSON.stringify(body), { status, headers });

test('tokenRefusal() says why a token is refused, as the API does', async () => {
  const title = 'The token is not accepted';
  const told = await tokenRefusal(answer(401, { title, detail: 'The token has expired.' }));
  expect(told?.message).toBe('The token is not accepted: the token has expired.');
  expect((await tokenRefusal(answer(403, { title })))?.message).toBe(`${title}.`);
});

test('tokenRefusal() leaves alone what another refuses, or for another reason', async () => {
  expect(await tokenRefusal(answer(500, { title: 'Something went wrong' }))).toBeUndefined();
  const byProxy = { 'content-type': 'application/json' };
  expect(await tokenRefusal(answer(403, { message: 'Forbidden' }, byProxy))).toBeUndefined();
  expect(await tokenRefusal(new Response('Unauthorized', { status: 401 }))).toBeUndefined();
});
