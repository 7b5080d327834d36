import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { resultsTable } from '../../../functions/insights-api/results-table.ts';
import { newTokenKeyPair, type Role, signToken } from '../../../shared/auth/token.ts';
import type { SessionData } from '../../../shared/events/session.ts';
import { httpClient } from '../../fixtures/http-client.ts';
import { getEvent } from '../../fixtures/http-event.ts';
import { testInsights } from '../../fixtures/insights.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';

const minuteMs = 60_000;
const noonMs = Date.UTC(2026, 2, 1, 12);
const tokens = new Map<Role, string>();
let table: ResultsFixture;
let call: ReturnType<typeof httpClient>;

const page = z.object({
  generation: z.int(),
  sessions: z.array(z.looseObject({ startMs: z.int(), visitor: z.string() })),
  nextCursor: z.string().nullable(),
});

function sessionData(visitor: string, startMs: number): SessionData {
  const products = { clicks: 2, products: 1, exact: true };
  return {
    ...{ visitor, visitorKind: 'user', firstAtMs: startMs, lastAtMs: startMs + minuteMs },
    ...{ events: 3, clicks: 3, viewed: products, carted: products, reached: 'cart' },
    ...{ firstViewAtMs: startMs, firstCartAtMs: startMs + 1, firstCheckoutAtMs: null },
    ...{ firstPaidAtMs: null, orders: 0, orderedCents: 0, paidCents: 0 },
  };
}

/** A row as the engine writes it. */
async function putSession(
  visitor: string,
  startMs: number,
  data: object,
  job = 'sessions',
): Promise<void> {
  const key = `user:${visitor}`;
  const endMs = startMs + 31 * minuteMs;
  await table.putItem({
    pk: `${job}#1`,
    sk: `${String(startMs).padStart(15, '0')}#${key}`,
    ...{ codec: 1, revision: 2, closed: true, final: false, startMs, endMs, key, events: 3 },
    ...{ data: JSON.stringify(data), updatedAt: endMs + 5 },
  });
}

async function get(path: string, role: Role | undefined = 'analyst') {
  const token = tokens.get(role);
  return call('GET', path, token === undefined ? {} : { token });
}

async function getPage(query: string) {
  const { status, body } = await get(`/statistics/sessions?${query}`);
  expect(status).toBe(200);
  return page.parse(body);
}

beforeAll(async () => {
  const keys = await newTokenKeyPair();
  const life = { nowMs: getEvent('/').requestContext.timeEpoch, lifetimeMs: 60_000 };
  for (const role of ['shopper', 'analyst', 'operator'] as const) {
    const customerId = role === 'shopper' ? 1 : undefined;
    tokens.set(role, (await signToken(keys, { role, customerId }, life)).token);
  }
  table = await startResultsTable();
  const results = resultsTable(table.client, table.tableName, Date.now);
  call = httpClient(testInsights({ results, tokenPublicKey: keys.publicKey }), 'insights-api');
  for (const [visitor, minute] of [
    ['a', 0],
    ['b', 0],
    ['c', 0],
    ['d', 1],
    ['a', 60],
  ] as const) {
    const startMs = noonMs + minute * minuteMs;
    await putSession(visitor, startMs, sessionData(visitor, startMs));
  }
});
afterAll(() => table?.stop());

test('GET /statistics/sessions tells what a session was, with its bounds and revision', async () => {
  const { sessions, generation, nextCursor } = await getPage('limit=1&order=asc');
  expect({ generation, isLast: nextCursor === null }).toEqual({ generation: 1, isLast: false });
  expect(sessions).toEqual([
    {
      start: '2026-03-01T12:00:00.000Z',
      end: '2026-03-01T12:31:00.000Z',
      startMs: noonMs,
      endMs: noonMs + 31 * minuteMs,
      revision: 2,
      updatedAtMs: noonMs + 31 * minuteMs + 5,
      ...sessionData('a', noonMs),
    },
  ]);
});

test.each([
  ['asc', ['a', 'b', 'c', 'd', 'a']],
  ['desc', ['a', 'd', 'c', 'b', 'a']],
] as const)(
  'pages show each session once, in order %s, however long they are',
  async (order, all) => {
    for (const limit of [1, 2, 3, 4, 5, 9]) {
      const visitors: string[] = [];
      let cursor = '';
      do {
        const { sessions, nextCursor } = await getPage(`order=${order}&limit=${limit}${cursor}`);
        expect(sessions.length).toBeLessThanOrEqual(limit);
        visitors.push(...sessions.map(({ visitor }) => visitor));
        cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
      } while (cursor !== '');
      expect(visitors).toEqual(all);
    }
  },
);

test('from and to bound the start of sessions, also of pages that follow', async () => {
  const bounds = `from=${noonMs + minuteMs}&to=${noonMs + 60 * minuteMs}`;
  const { sessions, nextCursor } = await getPage(bounds);
  expect(sessions.map(({ visitor }) => visitor)).toEqual(['d']);
  expect(nextCursor).toBeNull();
  const first = await getPage('order=asc&limit=1');
  const later = await getPage(`order=asc&from=${noonMs + minuteMs}&cursor=${first.nextCursor}`);
  expect(later.sessions.map(({ visitor }) => visitor)).toEqual(['d', 'a']);
});

test('sessions and carts are for those who may look at single visitors', async () => {
  for (const path of ['/statistics/sessions', '/statistics/abandoned-carts']) {
    expect((await call('GET', path, {})).status).toBe(401);
    expect((await get(path, 'shopper')).status).toBe(403);
    expect((await get(path, 'operator')).status).toBe(200);
  }
});

test('GET /statistics/abandoned-carts tells carts, by that name', async () => {
  const { visitorKind, firstAtMs, lastAtMs } = sessionData('e', noonMs);
  const products = [{ productId: 7, category: null, addedAtMs: firstAtMs }];
  const cart = { visitor: 'e', visitorKind, firstAtMs, lastAtMs, productsLeft: 1, products };
  await putSession('e', noonMs, cart, 'abandoned-carts');
  const { body } = await get('/statistics/abandoned-carts');
  expect(body).toMatchObject({ statistic: 'abandoned-carts', carts: [cart], nextCursor: null });
  expect(body).not.toHaveProperty('sessions');
});

test('a session that has expired is told no more, and fills no page', async () => {
  const data = JSON.stringify(sessionData('f', noonMs));
  const bounds = { startMs: noonMs, endMs: noonMs + 1, revision: 1, updatedAt: 5, data };
  const keys = ['f', 'g', 'h'].map((key) => ({
    key,
    sk: `${String(noonMs).padStart(15, '0')}#${key}`,
  }));
  for (const [index, key] of keys.entries()) {
    await table.putItem({
      pk: 'abandoned-carts#1',
      ...bounds,
      ...key,
      ...(index < 2 && { expiresAt: 1 }),
    });
  }
  const results = resultsTable(table.client, table.tableName, Date.now);
  const range = { job: 'abandoned-carts', generation: 1, fromMs: 0, toMs: noonMs + 1, limit: 1 };
  const found = await results.sessions({ ...range, order: 'asc' });
  expect(found.map(({ key }) => key)).toEqual(['h']);
});

test('a wrong parameter is named', async () => {
  const { status, body } = await get('/statistics/sessions?window=1h&limit=0');
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toMatch(/limit.*Must be a whole number from 1 to 1000/);
});
