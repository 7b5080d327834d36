import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeCases } from '../../../../functions/fraud-cases/store-cases.ts';
import { casesTable } from '../../../../functions/insights-api/fraud/cases-table.ts';
import { newTokenKeyPair, type Role, signToken } from '../../../../shared/auth/token.ts';
import type { FraudCase } from '../../../../shared/events/fraud-case.ts';
import { fraudCase, startFraudCases } from '../../../fixtures/fraud-cases.ts';
import { type HttpHandler, httpClient } from '../../../fixtures/http-client.ts';
import { getEvent } from '../../../fixtures/http-event.ts';
import { testInsights } from '../../../fixtures/insights.ts';

const keys = await newTokenKeyPair();
let table: Awaited<ReturnType<typeof startFraudCases>>;
let handler: HttpHandler;
let revision = 0;

async function get(path: string, role: Role = 'analyst', headers: Record<string, string> = {}) {
  const life = { nowMs: getEvent('/').requestContext.timeEpoch, lifetimeMs: 60_000 };
  const customerId = role === 'shopper' ? 7 : undefined;
  const { token } = await signToken(keys, { role, customerId }, life);
  return httpClient(handler, 'insights-api')('GET', path, { token, headers });
}

function store(...cases: FraudCase[]) {
  revision += 1;
  const told = cases.map((data) => ({ generation: 1, revision, data }));
  return storeCases(table, told, () => Date.now());
}

async function idsOf(query: string): Promise<string[]> {
  const { status, body } = await get(`/fraud/orders?${query}`);
  expect(status).toBe(200);
  return body.cases.map(({ orderId }: { orderId: string }) => orderId);
}

beforeAll(async () => {
  table = await startFraudCases();
  handler = testInsights({
    cases: casesTable(table.client, table.tableName),
    tokenPublicKey: keys.publicKey,
  });
});

afterAll(() => table.stop());

test('GET /fraud/orders/{id} tells decision, reasons, rules and features, with an ETag', async () => {
  expect(await get('/fraud/orders/7')).toMatchObject({
    status: 404,
    body: { title: 'No case of this order' },
  });
  const { committedAtMs: _, ...told } = fraudCase('7');
  await store(fraudCase('7'));
  const { status, body, headers } = await get('/fraud/orders/7');
  expect(status).toBe(200);
  expect(body).toEqual(told);
  const etag = String(headers['etag']);
  const again = await get('/fraud/orders/7', 'operator', { 'if-none-match': etag });
  expect(again.status).toBe(304);
  await store(fraudCase('7', { score: 0.5 }));
  expect((await get('/fraud/orders/7', 'operator', { 'if-none-match': etag })).status).toBe(200);
});

test('GET /fraud/orders is a queue: the newest first, page by page, until a verdict', async () => {
  const review = { verdict: 'legitimate', source: 'operator', atMs: 9_000 } as const;
  const blocked = { decision: 'block', basis: 'rules', score: null, atMs: 1 } as const;
  await store(
    ...['11', '12', '13', '14', '15'].map((id) => fraudCase(id, { atMs: 10_000 + Number(id) })),
    fraudCase('16', { decision: 'allow', checkout: null }),
    fraudCase('17', { decision: 'allow', checkout: blocked }),
  );
  await store(fraudCase('13', { atMs: 20_000, review }));
  expect(await idsOf('limit=100')).toEqual(['15', '14', '12', '11', '7']);
  expect(await idsOf('review=legitimate')).toEqual(['13']);
  expect(await idsOf('decision=block')).toEqual(['17']);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await get(`/fraud/orders?limit=2${cursor && `&cursor=${cursor}`}`);
    expect(body.cases.length).toBeLessThanOrEqual(2);
    expect(body.cases[0] ?? {}).not.toHaveProperty('features');
    seen.push(...body.cases.map(({ orderId }: { orderId: string }) => orderId));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(['15', '14', '12', '11', '7']);
});

test('GET /fraud/orders refuses a cursor of another queue, and parameters it does not know', async () => {
  const { body } = await get('/fraud/orders?limit=1');
  const elsewhere = await get(`/fraud/orders?decision=block&cursor=${body.nextCursor}`);
  expect(elsewhere).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } });
  for (const query of [
    'cursor=x',
    'cursor=e30',
    'decision=allow',
    'review=closed',
    'limit=0',
    'x=1',
  ])
    expect((await get(`/fraud/orders?${query}`)).status, query).toBe(400);
});

test('what is known of fraud is for analysts and operators', async () => {
  const call = httpClient(handler, 'insights-api');
  for (const path of ['/fraud/orders', '/fraud/orders/7']) {
    expect((await call('GET', path)).status).toBe(401);
    expect((await get(path, 'shopper')).status).toBe(403);
    expect((await get(path, 'admin')).status).toBe(200);
  }
  expect((await get('/fraud/orders/x')).status).toBe(400);
});
