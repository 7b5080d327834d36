import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DatabaseConnection } from '../../../infra/local/database/connection.ts';
import { inTransaction } from '../../../shared/shop/in-transaction.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { restock } from '../../../shared/shop/restock.ts';
import { insertShop } from '../../../shared/shop/seed/insert-shop.ts';
import { makeShop } from '../../../shared/shop/seed/make-shop.ts';
import { seedShop } from '../../../shared/shop/seed.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';

const size = { categories: 15, products: 200, customers: 100, sellers: 8, seed: 7 };
let server: TestPostgres;
let database: DatabaseConnection;
let db: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
});

beforeEach(async () => {
  database = await server.createDatabase();
  db = new pg.Client(database);
  await db.connect();
  await migrate(db, { pseudonymKey: 'a key for tests alone' });
  return () => db.end();
});

afterAll(() => server?.stop());

async function one(sql: string): Promise<unknown> {
  return (await db.query<unknown[]>({ text: sql, rowMode: 'array' })).rows[0];
}

test('seedShop() fills an empty shop with as many rows as asked for, quickly', async () => {
  const startedMs = performance.now();
  expect(await seedShop(db, size)).toBe(true);
  expect(performance.now() - startedMs).toBeLessThan(1_000); // about 60 on a machine at rest
  expect(
    await one(`select (select count(*)::int from categories), (select count(*)::int from products),
      (select count(*)::int from customers), (select count(*)::int from sellers)`),
  ).toEqual([15, 200, 100, 8]);
  expect(
    await one(`select min(price) > 0, max(price) < 10000, min(stock) >= 500,
      count(distinct category_id)::int from products`),
  ).toEqual([true, true, true, 15]);
});

test('seedShop() leaves a shop with products as it is', async () => {
  await seedShop(db, size);
  const before = await one(`select md5(string_agg(products::text, ',' order by id)) from products`);
  expect(await seedShop(db, { ...size, products: 300, seed: 8 })).toBe(false);
  expect(
    await one(`select md5(string_agg(products::text, ',' order by id)) from products`),
  ).toEqual(before);
});

test('seedShop() fills a shop once when two try', async () => {
  const other = new pg.Client(database);
  await other.connect();
  const filled = await Promise.all([seedShop(db, size), seedShop(other, size)]);
  await other.end();
  expect(filled.sort()).toEqual([false, true]);
  expect(await one('select count(*)::int from products')).toEqual([200]);
});

test('insertShop() adds to what is there, in transactions of their own, and says what is new', async () => {
  await seedShop(db, { ...size, products: 30, customers: 20 });
  await db.query(
    "insert into products (sku, name, price, stock, category_id, seller_id) values ('AUD-000040', 'Mine', 1, 1, 1, 1)",
  );
  const told: string[] = [];
  const counts = await insertShop(db, makeShop({ ...size, categories: 40, products: 60 }), {
    each: (work) => inTransaction(db, 1, work),
    done: (table, count) => told.push(`${table} ${count}`),
  });
  expect(counts).toEqual({ categories: 25, sellers: 0, products: 60, customers: 100 });
  expect(told).toEqual([
    'categories 20',
    'categories 20',
    'sellers 8',
    'products 60',
    'customers 100',
  ]);
  expect(
    await one(`select count(*)::int, count(distinct sku)::int,
      bool_and(sku ~ '^[A-Z]{3}-[0-9]{6}$'), count(distinct category_id)::int from products`),
  ).toEqual([91, 91, true, 40]);
  expect(await one('select count(*)::int, count(distinct email)::int from customers')).toEqual([
    120, 120,
  ]);
  expect(
    await one(`select below.name, above.name from categories below
      join categories above on above.id = below.parent_id order by below.id limit 1`),
  ).toEqual(['Smartphones', 'Phones']);
});

test('insertShop() hangs a thousand categories below each other, each with its parent', async () => {
  const shop = makeShop({ ...size, categories: 1_000, products: 2_000 });
  expect(await insertShop(db, shop)).toMatchObject({ categories: 1_000, products: 2_000 });
  expect(
    await one(`with recursive tree as (select id, 1 as depth from categories where parent_id is null
        union all select categories.id, depth + 1 from categories join tree on parent_id = tree.id)
      select count(*) filter (where depth = 1)::int, count(*) filter (where depth = 2)::int,
        count(*) filter (where depth = 3)::int from tree`),
  ).toEqual([20, 140, 840]);
});

test('restock() fills up what has run low and nothing else', async () => {
  await seedShop(db, { ...size, products: 4 });
  await db.query(`update products set stock = case id when 1 then 0 when 2 then reorder_point
    when 3 then reorder_point - 1 else 40 end, is_active = id <> 4`);
  expect(await restock(db, { to: 1_000 })).toBe(2);
  expect(await one('select array_agg(stock >= 1000 order by id) from products')).toEqual([
    [true, false, true, false],
  ]);
  expect(await restock(db, { below: 200, to: 1_000 })).toBe(1);
});
