import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { resultsTable } from '../../../functions/insights-api/results-table.ts';
import { getEvent, lambdaContext } from '../../fixtures/http-event.ts';
import { testInsights } from '../../fixtures/insights.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';

const minuteMs = 60_000;
const noonMs = Date.UTC(2026, 2, 1, 12);
let table: ResultsFixture;
let api: ReturnType<typeof testInsights>;

const answer = z.object({
  currency: z.string(),
  generation: z.number(),
  windows: z.array(
    z.looseObject({ startMs: z.number(), trend: z.record(z.string(), z.number().nullable()) }),
  ),
  nextCursor: z.string().nullable(),
});

async function get(path: string) {
  const response = await api(getEvent(path), lambdaContext('insights-api'));
  return { status: response.statusCode, body: JSON.parse(response.body ?? 'null') };
}

/** Generation in which the job is declared. */
const declared = 2;

async function getWindows(query: string) {
  const { status, body } = await get(`/statistics/revenue?${query}`);
  expect(status).toBe(200);
  return answer.parse(body);
}

function windowAt(index: number, orders: number, generation = declared) {
  const startMs = noonMs + index * minuteMs;
  const grossCents = orders * 1250;
  const refundedCents = index % 2 === 1 ? 250 : 0;
  return table.putWindow('revenue', generation, {
    startMs,
    endMs: startMs + minuteMs,
    revision: index === 9 ? 3 : 1,
    closed: index < 9,
    final: index < 8,
    data: {
      orders,
      items: orders * 2,
      grossCents,
      refundedCents,
      netCents: grossCents - refundedCents,
      averageOrderCents: orders === 0 ? null : 1250,
    },
  });
}

beforeAll(async () => {
  table = await startResultsTable();
  const results = resultsTable(table.client, table.tableName, Date.now);
  api = testInsights({ results });
  // Ten windows from noon on; the third has no orders, the sixth does not exist at all.
  for (const [index, orders] of [4, 8, 0, 5, 10, -1, 6, 3, 9, 2].entries()) {
    if (orders >= 0) await windowAt(index, orders);
  }
});

afterAll(() => table.stop());

const nothing = {
  ordersPercent: null,
  itemsPercent: null,
  grossPercent: null,
  netPercent: null,
  averageOrderPercent: null,
};

test('GET /statistics/revenue gives the newest windows first, with revision and state', async () => {
  const { windows, currency, generation, nextCursor } = await getWindows('limit=2');
  expect({ currency, generation }).toEqual({ currency: 'EUR', generation: declared });
  expect(nextCursor).not.toBeNull();
  expect(windows).toHaveLength(2);
  expect(windows[0]).toEqual({
    start: '2026-03-01T12:09:00.000Z',
    end: '2026-03-01T12:10:00.000Z',
    startMs: noonMs + 9 * minuteMs,
    endMs: noonMs + 10 * minuteMs,
    revision: 3,
    closed: false,
    final: false,
    updatedAtMs: noonMs + 10 * minuteMs,
    orders: 2,
    items: 4,
    grossCents: 2500,
    refundedCents: 250,
    netCents: 2250,
    averageOrderCents: 1250,
    trend: {
      ordersPercent: -77.8,
      itemsPercent: -77.8,
      grossPercent: -77.8,
      netPercent: -80,
      averageOrderPercent: 0,
    },
    trendYesterday: nothing,
    trendLastWeek: nothing,
  });
});

test('GET /statistics/revenue compares the last window of a page with the one before the page', async () => {
  const { windows } = await getWindows('limit=1&order=asc&from=2026-03-01T12:01:00Z');
  expect(windows[0]?.trend['ordersPercent']).toBe(100);
  const newest = await getWindows('limit=1&from=2026-03-01T12:09:00Z');
  expect(newest.windows[0]?.trend['ordersPercent']).toBe(-77.8);
});

test('GET /statistics/revenue gives no trend where nothing stands before, or nothing was sold', async () => {
  const { windows } = await getWindows('order=asc');
  const trends = new Map(windows.map((w) => [(w.startMs - noonMs) / minuteMs, w.trend]));
  expect(trends.get(0)?.['netPercent']).toBeNull();
  expect(trends.get(2)).toMatchObject({ ordersPercent: -100, averageOrderPercent: null });
  expect(trends.get(3)?.['ordersPercent']).toBeNull();
  expect(trends.get(6)?.['ordersPercent']).toBeNull();
});

test('GET /statistics/revenue takes from as included and to as excluded', async () => {
  const { windows } = await getWindows(`from=${noonMs + minuteMs}&to=${noonMs + 4 * minuteMs}`);
  expect(windows.map(({ startMs }) => (startMs - noonMs) / minuteMs)).toEqual([3, 2, 1]);
});

test.each(['asc', 'desc'])(
  'GET /statistics/revenue pages %s without gap or repeat',
  async (order) => {
    for (const limit of [1, 2, 3, 4, 9, 20]) {
      const seen: number[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 20; page += 1) {
        const query = `order=${order}&limit=${limit}${cursor && `&cursor=${cursor}`}`;
        const { windows, nextCursor } = await getWindows(query);
        expect(windows.length).toBeLessThanOrEqual(limit);
        seen.push(...windows.map(({ startMs }) => (startMs - noonMs) / minuteMs));
        cursor = nextCursor;
      }
      const all = [0, 1, 2, 3, 4, 6, 7, 8, 9];
      expect(seen).toEqual(order === 'asc' ? all : all.toReversed());
    }
  },
);

test('GET /statistics/revenue turns to a new generation, but a cursor stays in its own', async () => {
  const { nextCursor } = await getWindows('limit=2');
  await windowAt(0, 77, 3);
  await makeLive(3);
  const renewed = await getWindows('');
  expect(renewed.generation).toBe(3);
  expect(renewed.windows).toMatchObject([{ orders: 77 }]);
  const next = await getWindows(`limit=2&cursor=${nextCursor}`);
  expect(next.generation).toBe(declared);
  expect(next.windows).toMatchObject([{ orders: 3 }, { orders: 6 }]);
  await makeLive(declared);
});

function makeLive(generation: number) {
  const rest = JSON.stringify({ shadows: [], histories: [], highest: 3, declared });
  return table.putItem({ pk: 'JOBS', sk: 'revenue', generation, rest });
}

test('GET /statistics/revenue serves the windows of a length, the shortest where none is said', async () => {
  await table.putWindow('revenue-1h', 1, {
    startMs: noonMs,
    endMs: noonMs + 60 * minuteMs,
    revision: 1,
    closed: false,
    final: false,
    data: {
      orders: 47,
      items: 94,
      grossCents: 58_750,
      refundedCents: 1_250,
      netCents: 57_500,
      averageOrderCents: 1_250,
    },
  });
  const { body } = await get('/statistics/revenue?window=1h');
  expect(body).toMatchObject({ statistic: 'revenue', window: '1h', windowMs: 60 * minuteMs });
  expect(body.windows).toMatchObject([{ orders: 47, trend: { ordersPercent: null } }]);
  expect((await get('/statistics/revenue?limit=1')).body).toMatchObject({
    window: '1m',
    windowMs: minuteMs,
  });
  const unknown = await get('/statistics/revenue?window=5m');
  expect(unknown).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'window', reason: 'Must be one of 1m, 1h, 1d' }] },
  });
});

test('GET /statistics/revenue answers a bad query with a problem that lists every parameter', async () => {
  const { status, body } = await get('/statistics/revenue?from=noon&limit=0&colour=red');
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: 400, instance: '/statistics/revenue' });
  expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
    'colour',
    'from',
    'limit',
  ]);
});

test('GET /statistics/revenue compares with the same time yesterday and last week', async () => {
  const ofDay = 24 * 60;
  const later = 40 * ofDay;
  const placed = [
    [0, 30],
    [-1, 20],
    [-ofDay, 24],
    [-7 * ofDay, 60],
    [-7 * ofDay + 1, 1],
  ] as const;
  for (const [index, orders] of placed) await windowAt(later + index, orders);
  const startMs = noonMs + later * minuteMs;
  const { windows } = await getWindows(`from=${startMs}&to=${startMs + minuteMs}`);
  const all = (percent: number, netPercent = percent) => ({
    ordersPercent: percent,
    itemsPercent: percent,
    grossPercent: percent,
    netPercent,
    averageOrderPercent: 0,
  });
  expect(windows).toMatchObject([
    { trend: all(50, 51.5), trendYesterday: all(25), trendLastWeek: all(-50) },
  ]);
  const weekAgo = await getWindows(`to=${startMs - 6 * ofDay * minuteMs}&limit=1`);
  expect(weekAgo.windows).toMatchObject([
    { orders: 1, trendYesterday: nothing, trendLastWeek: nothing },
  ]);
});

test('GET /statistics/{name} answers an unknown statistic with a problem', async () => {
  const { status, body } = await get('/statistics/weather');
  expect(status).toBe(404);
  expect(body).toMatchObject({ title: 'Nothing stands at this address' });
});

test('GET /statistics/most-viewed gives the ranked products of each window, pages included', async () => {
  for (const index of [0, 1, 2]) {
    const startMs = noonMs + index * minuteMs;
    await table.putWindow('most-viewed', 1, {
      startMs,
      endMs: startMs + 10 * minuteMs,
      revision: 2,
      closed: index < 2,
      final: false,
      data: {
        views: 3 + index,
        distinctProducts: 1,
        products: [{ productId: 7, views: 3 + index }],
      },
    });
  }
  const { status, body } = await get('/statistics/most-viewed?limit=2');
  expect(status).toBe(200);
  expect(body).toMatchObject({ statistic: 'most-viewed', generation: 1 });
  expect(body.windows[0]).toEqual({
    start: '2026-03-01T12:02:00.000Z',
    end: '2026-03-01T12:12:00.000Z',
    startMs: noonMs + 2 * minuteMs,
    endMs: noonMs + 12 * minuteMs,
    revision: 2,
    closed: false,
    final: false,
    updatedAtMs: noonMs + 12 * minuteMs,
    views: 5,
    distinctProducts: 1,
    products: [{ productId: 7, views: 5 }],
  });
  const next = await get(`/statistics/most-viewed?limit=2&cursor=${body.nextCursor}`);
  expect(next.body).toMatchObject({ windows: [{ views: 3 }], nextCursor: null });
});

test('an address nobody knows is answered with a problem', async () => {
  const { status, body } = await get('/nowhere');
  expect(status).toBe(404);
  expect(body.instance).toBe('/nowhere');
});

test('GET /statistics/… refuses the cursor of another list', async () => {
  await windowAt(0, 3);
  await windowAt(1, 4);
  const { nextCursor } = await getWindows('limit=1');
  for (const path of ['/statistics/revenue?window=1h', '/statistics/most-viewed?limit=1']) {
    const { status, body } = await get(`${path}&cursor=${nextCursor}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { field: 'cursor', reason: 'Must be the nextCursor of an earlier page of this list' },
    ]);
  }
});
