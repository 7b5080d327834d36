import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, Sql } from '../../../fixtures/duckdb.ts';
import { type ShopLog, shopLog } from '../../../fixtures/shop-log.ts';
import { customerSessions } from './customer-sessions.ts';
import { dailyChannels } from './daily-channels.ts';
import { dailyOrders } from './daily-orders.ts';
import { dailyProducts } from './daily-products.ts';
import { highestOrders } from './highest-orders.ts';
import { hotProducts } from './hot-products.ts';
import { latestOrders } from './latest-orders.ts';
import { newCustomersWhoBought } from './new-customers-who-bought.ts';
import type { Query } from './query.ts';
import { topProducts } from './top-products.ts';
import { toysSold } from './toys-sold.ts';

const queries: Query[] = [
  hotProducts,
  highestOrders,
  newCustomersWhoBought,
  customerSessions,
  dailyOrders,
  dailyChannels,
  dailyProducts,
  latestOrders,
  topProducts,
  toysSold,
];

const text = 'VARCHAR';
const integer = 'BIGINT';
let log: ShopLog;
let sql: Sql;

beforeAll(async () => {
  log = shopLog(20_260_301);
  sql = await Sql.open();
  const events = (logged: readonly { readonly event: object }[]) => logged.map((one) => one.event);
  await sql.load('registration', { timeMs: integer, customer: text }, events(log.registrations));
  await sql.load(
    'order_change',
    {
      timeMs: integer,
      order: text,
      version: integer,
      customer: text,
      channel: text,
      status: text,
      cents: integer,
    },
    events(log.orders),
  );
  await sql.load(
    'item',
    {
      timeMs: integer,
      item: text,
      customer: text,
      product: text,
      category: text,
      pieces: integer,
      cents: integer,
    },
    events(log.items),
  );
  await sql.load(
    'product',
    { product: text, category: text, supplier: text },
    events(log.products),
  );
});

afterAll(() => sql.close());

/** Rows in an order of their own, each with its columns in order. */
function inOrder(rows: readonly Row[]): string[] {
  return rows
    .map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort();
}

describe.each(queries)('$name', (query) => {
  it.each([1, 2, 3, 4])('tells what SQL tells, over %i shards', async (shards) => {
    const wanted = inOrder(await sql.rows(query.sql));
    expect(wanted.length).toBeGreaterThan(1);
    expect(inOrder(await query.run(log, { seed: shards, shards }))).toEqual(wanted);
  });
});
