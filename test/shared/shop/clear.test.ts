import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DatabaseConnection } from '../../../infra/local/database/connection.ts';
import { clearShop } from '../../../shared/shop/clear.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { seedShop } from '../../../shared/shop/seed.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';

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
  await seedShop(db, { categories: 40, products: 50, customers: 10, sellers: 3, seed: 1 });
  await db.query(`insert into private.credentials (customer_id, password_hash) values (1, 'x');
    insert into carts (customer_id) values (1), (2);
    insert into cart_items (cart_id, customer_id, product_id, quantity) values (1, 1, 1, 2);
    insert into wishlists (customer_id, product_id) values (3, 4);
    insert into orders (customer_id, total, shipping_country) values (1, 10, 'BR'), (2, 5, 'BR');
    insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
      unit_price) values (1, 1, 1, 1, 1, 1, 10), (2, 2, 2, 2, 1, 1, 5);
    insert into payments (order_id, customer_id, paid_at, method, amount, status, transaction_id)
      values (1, 1, now(), 'pix', 10, 'approved', 't');
    insert into shipments (order_id, customer_id, carrier, shipping_country) values (1, 1, 'C', 'BR');
    insert into order_adjustments (order_id, customer_id, kind, amount) values (1, 1, 'refund', 2);
    update orders set payment_id = 1, shipment_id = 1 where id = 1;`);
  return () => db.end();
});

afterAll(() => server?.stop());

async function one(sql: string): Promise<unknown> {
  return (await db.query<unknown[]>({ text: sql, rowMode: 'array' })).rows[0];
}

test('clearShop() takes away what shoppers did, facts among it, and nothing else', async () => {
  expect(await clearShop(db, 'shopping')).toEqual({
    carts: 2,
    cart_items: 1,
    wishlists: 1,
    orders: 2,
    order_items: 2,
    order_reviews: 0,
    payments: 1,
    shipments: 1,
    order_adjustments: 1,
  });
  expect(
    await one(`select (select count(*)::int from orders), (select count(*)::int from order_items),
      (select count(*)::int from products), (select count(*)::int from customers),
      (select count(*)::int from private.credentials)`),
  ).toEqual([0, 0, 50, 10, 1]);
});

test('clearShop() takes away everything but the clock, and gives out no key again', async () => {
  const counts = await clearShop(db, 'all');
  expect(counts).toMatchObject({ products: 50, customers: 10, categories: 40, sellers: 3 });
  expect(counts).not.toHaveProperty('clock');
  expect(
    await one(`select (select count(*)::int from categories), (select count(*)::int from customers),
      (select count(*)::int from private.credentials), (select count(*)::int from clock)`),
  ).toEqual([0, 0, 0, 8]);
  await seedShop(db, { categories: 1, products: 1, customers: 1, sellers: 1, seed: 1 });
  expect(await one('select min(id)::int, min(sku) from products')).toEqual([51, 'PHO-000051']);
});

test('clearShop() leaves triggers and references on their guard for what comes after', async () => {
  await clearShop(db, 'shopping');
  await db.query(`insert into orders (customer_id, total, shipping_country) values (1, 1, 'BR');
    insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
      unit_price) select id, 1, 1, 1, 1, 1, 1 from orders`);
  await expect(db.query('delete from order_items')).rejects.toThrow('its rows are facts');
  await expect(db.query('delete from customers')).rejects.toThrow('foreign key');
});

test('clearShop() waits for a checkout that is under way, and loses none that comes after', async () => {
  const shopper = new pg.Client(database);
  await shopper.connect();
  await shopper.query('begin');
  await shopper.query(`insert into orders (customer_id, total, shipping_country)
    values (3, 1, 'BR')`);
  const clearing = clearShop(db, 'shopping');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await shopper
    .query('insert into wishlists (customer_id, product_id) values (1, 9)')
    .catch(() => {});
  await shopper.query('commit').catch(() => {});
  const counts = await clearing;
  const after = shopper.query(`insert into orders (customer_id, total, shipping_country)
    values (3, 1, 'BR')`);
  await after;
  await shopper.end();
  expect(counts['orders']).toBeGreaterThanOrEqual(2);
  expect(await one('select count(*)::int from orders')).toEqual([1]);
});
