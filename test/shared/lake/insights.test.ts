import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insightTypes } from '../../../shared/events/insight-types.ts';
import { insightViews } from '../../../shared/lake/insight-views.ts';
import { landInsights, openLakeSql } from '../../fixtures/landed-insights.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 1, 28, 23, 59);
const window = { startMs, endMs: startMs + 60_000 };
const before = { startMs: startMs - 60_000, endMs: startMs };

const revenue = (orders: number, grossCents: number) => ({
  orders,
  items: orders * 2,
  grossCents,
  refundedCents: 1,
  netCents: grossCents - 1,
  averageOrderCents: orders === 0 ? null : Math.round(grossCents / orders),
});
const told = (generation: number, revision: number, orders: number, of = window) => ({
  id: `revenue|${generation}|${of.startMs}`,
  type: 'revenue',
  job: 'revenue',
  generation,
  revision,
  window: of,
  data: revenue(orders, orders * 1_050),
});
const alert = {
  id: 'order-value|7',
  type: 'alert',
  job: 'fraud',
  data: {
    rule: 'order-value',
    ruleVersion: 1,
    severity: 'warning',
    title: 'A large order',
    reason: 'It’s "large" {1}',
    orderId: '7',
    customerId: '9007199254740993',
    totalCents: 123_456_789,
    atMs: startMs + 0.5e3 - 377,
    entity: { kind: 'customer', id: '9007199254740993' },
  },
};

let root: string;
let lake: Awaited<ReturnType<typeof openLakeSql>>;
let reasons: readonly string[];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'insights-'));
  reasons = await landInsights(root, [
    // Of one batch the last revision lands.
    [told(1, 1, 1), told(1, 2, 2), told(1, 1, 5, before), alert],
    [told(1, 3, 3), alert],
    // Another generation says the later window again.
    [told(2, 1, 4), told(1, 3, 3)],
    [
      { ...told(1, 1, 1), type: 'weather' },
      { ...alert, data: { ...alert.data, atMs: 'now' } },
    ],
    [{ ...told(1, 1, 1), window: undefined }],
  ]);
  lake = await openLakeSql(root);
});
afterAll(async () => {
  await lake.close();
  rmSync(root, { recursive: true, force: true });
});

describe('insights in the lake', () => {
  it('keeps of a batch the last revision of each, and over batches all of them', async () => {
    expect(
      await lake.lines(
        `SELECT type, day, id, revision, hour(_ts) AS h FROM insight_records ORDER BY _ts, id`,
      ),
    ).toEqual([
      'type | day | id | revision | h',
      'alert | 2026-02-28 | order-value|7 | 1 | 0',
      `revenue | 2026-02-28 | revenue|1|${before.startMs} | 1 | 0`,
      `revenue | 2026-02-28 | revenue|1|${startMs} | 2 | 0`,
      'alert | 2026-02-28 | order-value|7 | 1 | 1',
      `revenue | 2026-02-28 | revenue|1|${startMs} | 3 | 1`,
      `revenue | 2026-02-28 | revenue|1|${startMs} | 3 | 2`,
      `revenue | 2026-02-28 | revenue|2|${startMs} | 1 | 2`,
    ]);
  });

  it('shows of each result the highest revision of the highest generation', async () => {
    expect(
      await lake.lines(
        'SELECT id, revision, window_start, orders, items, gross, net, average_order FROM revenue_windows ORDER BY window_start',
      ),
    ).toEqual([
      'id | revision | window_start | orders | items | gross | net | average_order',
      `revenue|1|${before.startMs} | 1 | 2026-02-28 23:58:00.000 | 5 | 10 | 52.50 | 52.49 | 10.50`,
      `revenue|2|${startMs} | 1 | 2026-02-28 23:59:00.000 | 4 | 8 | 42.00 | 41.99 | 10.50`,
    ]);
  });

  it('keeps instants, amounts and text as they were', async () => {
    expect(
      await lake.lines(
        'SELECT occurred_at, total, reason, customer_id, entity_kind, confidence, facts FROM alerts',
      ),
    ).toEqual([
      'occurred_at | total | reason | customer_id | entity_kind | confidence | facts',
      '2026-02-28 23:59:00.123 | 1234567.89 | It’s "large" {1} | 9007199254740993 | customer | NULL | NULL',
    ]);
  });

  it('refuses what it cannot read or file, with the reason', () => {
    expect(reasons).toEqual([
      expect.stringContaining('its type is not declared: received "weather"'),
      expect.stringContaining('atMs: Invalid input'),
      expect.stringContaining('neither a window nor a time of its own'),
    ]);
  });

  it.each(insightViews.map((view) => [view.name, view] as const))(
    '%s has the columns and types that it declares, also where nothing has landed',
    async (name, view) => {
      const { columns } = await lake.ask(`SELECT * FROM ${name} LIMIT 1`);
      const types = { int: 'integer', string: 'varchar' } as Readonly<Record<string, string>>;
      expect(columns).toEqual(
        view.columns.map((one) => ({
          name: one.name,
          type: types[one.type] ?? one.type.replace(/[(<].*/, ''),
        })),
      );
    },
  );

  it('has a view of every type', () => {
    const seen = insightViews.map(({ sql }) => /WHERE type = '([^']+)'/.exec(sql)?.[1]);
    expect(new Set(seen)).toEqual(new Set(insightTypes.map(({ type }) => type)));
  });
});

describe('lists, parts and what was taken back', () => {
  const products = (...views: readonly number[]) => ({
    views: 10,
    distinctProducts: views.length,
    products: views.map((count, index) => ({ productId: index + 1, views: count })),
  });
  const viewed = (revision: number, data: unknown, more: object = {}) => ({
    id: `most-viewed|1|${startMs}`,
    type: 'most-viewed',
    job: 'most-viewed',
    revision,
    window,
    data,
    ...more,
  });
  let other: Awaited<ReturnType<typeof openLakeSql>>;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'insights-'));
    const later = (index: number) => ({
      id: `most-viewed|1|${startMs + hourMs}`,
      window: { startMs: startMs + hourMs, endMs: startMs + 2 * hourMs },
      chunk: { index, count: 2 },
    });
    const part = later(1);
    await landInsights(folder, [
      [viewed(1, products(9, 1))],
      [viewed(2, products(9, 2, 1))],
      // Two parts, then one: the second part holds no more.
      [viewed(1, products(4), later(0)), viewed(1, products(3), { ...part, id: `${part.id}|1` })],
      [viewed(2, products(5), { ...later(0), chunk: undefined })],
      [
        viewed(1, products(1), { id: `most-viewed|1|a|1`, window: before }),
        viewed(1, products(1), { id: `most-viewed|1|b|1`, window: before }),
      ],
      [
        viewed(1, products(7), {
          id: `most-viewed|1|c|1`,
          window: before,
          supersedes: ['most-viewed|1|a|1'],
        }),
        viewed(2, null, { id: `most-viewed|1|b|1`, window: before }),
      ],
    ]);
    other = await openLakeSql(folder);
  });
  afterAll(async () => {
    await other.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives each member of a list a row, in its order', async () => {
    expect(
      await other.lines(
        `SELECT place, product_id, views FROM most_viewed WHERE id = 'most-viewed|1|${startMs}' ORDER BY place`,
      ),
    ).toEqual(['place | product_id | views', '1 | 1 | 9', '2 | 2 | 2', '3 | 3 | 1']);
  });

  it('leaves out parts that a later revision has no more', async () => {
    expect(
      await other.lines(
        `SELECT views FROM most_viewed WHERE id LIKE 'most-viewed|1|${startMs + hourMs}%'`,
      ),
    ).toEqual(['views', '5']);
  });

  it('leaves out what was taken back and what a later session has taken in', async () => {
    expect(
      await other.lines(
        `SELECT id FROM most_viewed_windows WHERE window_end = TIMESTAMP '2026-02-28 23:59:00'`,
      ),
    ).toEqual(['id', 'most-viewed|1|c|1']);
  });
});
