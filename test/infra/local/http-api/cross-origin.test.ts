import { afterEach, expect, test } from 'vitest';
import {
  type RunningHttpApi,
  startHttpApi,
} from '../../../../infra/local/http-api/start-http-api.ts';
import { resource, resources, success } from './api-parts.ts';

let running: RunningHttpApi | undefined;

afterEach(async () => {
  await running?.close(0);
  running = undefined;
});

const rules = {
  AllowOrigins: ['https://shop.example.com', 'http://localhost:5173'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['authorization', 'content-type'],
  ExposeHeaders: ['etag'],
  MaxAge: 600,
};

/** An API whose function grants every origin, which nobody asked it to. */
async function start(CorsConfiguration?: object, withDefault = true): Promise<void> {
  const parts = resources();
  const headers = { 'access-control-allow-origin': '*', 'x-own': 'kept', vary: 'accept-encoding' };
  running = await startHttpApi({
    ...parts,
    routes: withDefault ? parts.routes : parts.routes.slice(0, -1),
    api: resource('AWS::ApiGatewayV2::Api', 'api', {
      ProtocolType: 'HTTP',
      ...(CorsConfiguration && { CorsConfiguration }),
    }),
    port: 0,
    invoke: async () => success({ statusCode: 204, headers }),
    log: () => {},
  });
}

async function ask(origin: string, preflight = false) {
  const wanted = { 'access-control-request-method': 'POST' };
  const answer = await fetch(`${running?.url}/products/7`, {
    method: preflight ? 'OPTIONS' : 'GET',
    headers: { origin, ...(preflight ? wanted : {}) },
  });
  const granted = [...answer.headers].filter(([name]) => name.startsWith('access-control-'));
  return { status: answer.status, granted: Object.fromEntries(granted), headers: answer.headers };
}

test('an origin that is allowed may read answers, and is told what it may send', async () => {
  await start(rules);
  const { granted, headers } = await ask('http://localhost:5173');
  expect(granted).toEqual({
    'access-control-allow-origin': 'http://localhost:5173',
    'access-control-expose-headers': 'etag',
  });
  expect([headers.get('vary'), headers.get('x-own')]).toEqual(['accept-encoding, Origin', 'kept']);
  const before = await ask('http://localhost:5173', true);
  expect(before.status).toBe(204);
  expect(before.granted).toEqual({
    ...granted,
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'authorization,content-type',
    'access-control-max-age': '600',
  });
});

test('another origin is granted nothing, whatever the function says', async () => {
  await start(rules);
  expect((await ask('https://evil.example.com')).granted).toEqual({});
  expect((await ask('https://evil.example.com', true)).granted).toEqual({});
});

test('without rules the function speaks for itself', async () => {
  await start();
  expect((await ask('https://evil.example.com')).granted).toEqual({
    'access-control-allow-origin': '*',
  });
});

test('a preflight that no route takes is answered by the front', async () => {
  await start(rules, false);
  expect(await ask('http://localhost:5173', true)).toMatchObject({
    status: 204,
    granted: { 'access-control-allow-origin': 'http://localhost:5173' },
  });
});
