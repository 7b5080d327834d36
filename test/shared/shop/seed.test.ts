import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DatabaseConnection } from '../../../infra/local/database/connection.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { restock } from '../../../shared/shop/restock.ts';
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

test('makeShop() makes the same shop from the same seed, and refuses sizes it has no names for', () => {
  expect(makeShop(size)).toEqual(makeShop(size));
  expect(makeShop({ ...size, seed: 8 }).products).not.toEqual(makeShop(size).products);
  expect(() => makeShop({ ...size, categories: 21 })).toThrow(
    'Cannot make shop: categories must be a whole number from 1 to 20: received 21',
  );
  expect(() => makeShop({ ...size, products: -1 })).toThrow('products');
});

test('makeShop() prices every product within its category', () => {
  const { products } = makeShop({ ...size, categories: 20, products: 2_000 });
  const books = products.filter(({ category }) => category === 'Books');
  expect(books).toHaveLength(100);
  for (const { price, sku } of books) {
    expect(price).toMatch(/^\d+\.90$/);
    expect(Number(price), sku).toBeGreaterThan(5.9);
    expect(Number(price), sku).toBeLessThanOrEqual(89);
  }
  expect(new Set(products.map(({ sku }) => sku)).size).toBe(products.length);
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
