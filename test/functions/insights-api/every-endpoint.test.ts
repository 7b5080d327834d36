import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeCases } from '../../../functions/fraud-cases/store-cases.ts';
import { alertsParts } from '../../../functions/insights-api/alerts/parts.ts';
import { casesTable } from '../../../functions/insights-api/fraud/cases-table.ts';
import { resultsTable } from '../../../functions/insights-api/results-table.ts';
import { newTokenKeyPair, type Role, signToken } from '../../../shared/auth/token.ts';
import { type Settings, settings } from '../../../shared/config/settings.ts';
import { fullAlert } from '../../fixtures/alerts.ts';
import { type Operation, operationsOf, requestFor } from '../../fixtures/documented-operations.ts';
import { fraudCase, startFraudCases } from '../../fixtures/fraud-cases.ts';
import { httpClient } from '../../fixtures/http-client.ts';
import { getEvent } from '../../fixtures/http-event.ts';
import { testInsights } from '../../fixtures/insights.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';
import { itemFact, takenSales } from '../../fixtures/sales.ts';

const failures: Error[] = [];
const tokens = new Map<string, string>();
let results: ResultsFixture;
let cases: Awaited<ReturnType<typeof startFraudCases>>;
let cloud: PlayedCloud;
/** The API by who may see its figures. */
const apis = new Map<Settings['figuresFor'], Api>();

interface Api {
  readonly call: ReturnType<typeof httpClient>;
  readonly operations: ReadonlyMap<string, Operation>;
}

beforeAll(async () => {
  const keys = await newTokenKeyPair();
  const life = { nowMs: getEvent('/').requestContext.timeEpoch, lifetimeMs: 60_000 };
  const sign = async (role: Role, customerId?: number) =>
    tokens.set(role, (await signToken(keys, { role, customerId }, life)).token);
  await Promise.all([sign('shopper', 1), sign('analyst'), sign('operator'), sign('admin')]);
  results = await startResultsTable();
  cases = await startFraudCases();
  const told = ['1', '2', '3'].map((id) => ({ generation: 1, revision: 1, data: fraudCase(id) }));
  await storeCases(cases, told, () => Date.now());
  cloud = await playCloud();
  const alerts = alertsParts(cloud.dynamo, 'dev-alerts');
  await alerts.log.begin('1', fullAlert, ['default'], Date.now());
  const sales = await takenSales([itemFact({ orderedAtMs: Date.now() })]);
  for (const figuresFor of ['analysts', 'everyone'] as const) {
    const handler = testInsights({
      sales: sales.knownAt(Date.now),
      alerts,
      results: resultsTable(results.client, results.tableName, Date.now),
      cases: casesTable(cases.client, cases.tableName),
      page: new Map([['index.html', { body: '<html>', contentType: 'text/html' }]]),
      settings: settings({ FIGURES_FOR: figuresFor }),
      tokenPublicKey: keys.publicKey,
      log: (_message, error) => failures.push(error),
    });
    const call = httpClient(handler, 'insights-api');
    const operations = operationsOf((await call('GET', '/insights/openapi.json')).body);
    apis.set(figuresFor, { call, operations });
  }
});

function api(figuresFor: Settings['figuresFor']): Api {
  const found = apis.get(figuresFor);
  if (found === undefined) throw new Error(`no API whose figures are for ${figuresFor}`);
  return found;
}

afterAll(async () => {
  await results?.stop();
  await cases?.stop();
  await cloud?.close();
});

test('the document tells every endpoint, and every parameter of its path', () => {
  const { operations } = api('everyone');
  expect([...operations.keys()]).toEqual(
    expect.arrayContaining(['GET /live', 'GET /statistics/revenue', 'GET /fraud/orders/{id}']),
  );
  for (const { path, parameters } of operations.values()) {
    const described = parameters.filter(({ in: place }) => place === 'path');
    expect(path.match(/\{\w+\}/g) ?? []).toEqual(described.map(({ name }) => `{${name}}`));
  }
});

const page = ['GET /dashboard', 'GET /dashboard/{file}'];
const figures = [
  'GET /live',
  'GET /statistics/revenue',
  'GET /statistics/top-products',
  'GET /statistics/sales-pulse',
  'GET /statistics/product-interest',
  'GET /statistics/most-viewed',
  'GET /statistics/funnel',
];

/** What is not refused with this status to someone with this token. */
async function openTo({ call, operations }: Api, status: number, token?: string) {
  const open: string[] = [];
  for (const [name, { method, path }] of operations) {
    const asked = path.replaceAll(/\{\w+\}/g, '1');
    const options = { ...(method === 'GET' ? {} : { body: {} }), token };
    if ((await call(method, asked, options)).status !== status) open.push(name);
  }
  return open.sort();
}

test('open to anyone is the page, and what the jobs count only where that is for everyone', async () => {
  expect(await openTo(api('analysts'), 401)).toEqual(page);
  expect(await openTo(api('everyone'), 401)).toEqual([...page, ...figures].sort());
});

test('figures that are for analysts are not for shoppers', async () => {
  expect(await openTo(api('analysts'), 403, tokens.get('shopper'))).toEqual(page);
  for (const role of ['analyst', 'operator', 'admin']) {
    const open = await openTo(api('analysts'), 403, tokens.get(role));
    expect(open, role).toEqual(expect.arrayContaining(figures));
  }
});

test('the document says whose figures they are', async () => {
  for (const [figuresFor, security] of [
    ['analysts', [{ token: [] }]],
    ['everyone', [{}]],
  ] as const) {
    const { body } = await api(figuresFor).call('GET', '/insights/openapi.json');
    for (const name of figures) {
      const { get } = body.paths[name.slice('GET '.length)];
      expect(get.security, name).toEqual(security);
      expect(Object.keys(get.responses).includes('403'), name).toBe(figuresFor === 'analysts');
    }
  }
});

test.each(['analysts', 'everyone'] as const)(
  'whatever is asked, the answer is one that the document tells, with figures for %s',
  async (figuresFor) => {
    const { call, operations } = api(figuresFor);
    const callers = ['analyst', 'operator', 'admin', 'shopper', 'nobody'];
    const request = fc.oneof(...[...operations.values()].map((one) => requestFor(one, callers)));
    const succeeded = new Set<string>();
    await fc.assert(
      fc.asyncProperty(request, async ({ operation: name, path, headers, body, caller }) => {
        const operation = operations.get(name);
        if (operation === undefined) throw new Error(`no operation ${name}`);
        const token = tokens.get(caller);
        const reply = await call(operation.method, path, { body, headers, token });
        const status = reply.status ?? 0;
        expect(failures).toEqual([]);
        expect([...operation.answers.keys()], name).toContain(status);
        const shape = operation.answers.get(status);
        if (shape !== undefined) {
          expect(shape.safeParse(reply.body).error?.issues, `${name} ${status}`).toBeUndefined();
        }
        if (status < 300) succeeded.add(name);
        if (status >= 400) expect(reply.headers['content-type']).toBe('application/problem+json');
      }),
      { numRuns: 1_000 },
    );
    expect(succeeded.size).toBeGreaterThan(operations.size / 2);
  },
  60_000,
);
