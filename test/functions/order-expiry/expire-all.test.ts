import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expireAll } from '../../../functions/order-expiry/expire-all.ts';
import { connectDatabase, type Database } from '../../../shared/sql/database.ts';
import { appSecret, startShop } from '../../fixtures/shop.ts';

const halfHourMs = 1_800_000;
let shop: Awaited<ReturnType<typeof startShop>>;
let databases: Database[];

beforeAll(async () => {
  shop = await startShop();
  databases = [1, 2, 3].map(() =>
    connectDatabase(
      async () => appSecret(shop.connection),
      (_message, error) => shop.failures.push(error),
      'order-expiry',
    ),
  );
});

beforeEach(async () => {
  await shop.admin.query(`update orders set status = 'completed' where status = 'pending'`);
  await shop.admin.query('update products set stock = 100');
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  for (const database of databases) await database.close();
  await shop.stop();
});

/** Orders of two pieces of product 1 and one of product 2, unpaid since so many minutes. */
async function place(orders: number, minutes: number, over: Record<string, unknown> = {}) {
  const { status = 'pending', isBackfill = false, toldMinutes = minutes } = over;
  await shop.admin.query(
    `with placed as (
       insert into orders (customer_id, total, shipping_country, status, is_backfill, ordered_at,
         created_at)
       select 1, 39.85, 'BR', $3, $4, now() - $2 * interval '1 minute',
         now() - $5 * interval '1 minute'
       from generate_series(1, $1) returning id, ordered_at
     )
     insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
       unit_price, ordered_at)
     select placed.id, 1, products.id, category_id, seller_id, 3 - products.id,
       case products.id when 1 then 19.90 else 0.05 end, placed.ordered_at
     from placed, products where products.id <= 2`,
    [orders, minutes, status, isBackfill, toldMinutes],
  );
}

async function expireBy(...by: readonly Database[]): Promise<number> {
  let orders = 0;
  const shift = {
    mayGoOn: () => true,
    expired: (more: number) => {
      orders += more;
    },
  };
  await Promise.all(by.map((database) => expireAll(database, halfHourMs, shift)));
  return orders;
}

async function stocks() {
  const { rows } = await shop.admin.query('select stock from products where id <= 2 order by id');
  return rows.map(({ stock }) => stock);
}

test('expireAll() lets unpaid orders expire, gives their pieces back and books each line', async () => {
  await place(1, 31);
  await place(1, 29);
  await place(1, 60, { status: 'paid' });
  expect(await expireBy(...databases.slice(0, 1))).toBe(1);
  expect(await stocks()).toEqual([102, 101]);
  const { rows } = await shop.admin.query(
    `select kind, amount, quantity, product_id, method, fact.is_backfill, orders.status,
       occurred_at >= now() - interval '10 seconds' as now,
       category_id is not null and seller_id is not null and order_item_id is not null as whole
     from order_adjustments as fact join orders on orders.id = order_id order by fact.id`,
  );
  const fact = {
    kind: 'expiry',
    method: null,
    is_backfill: false,
    status: 'expired',
    now: true,
    whole: true,
  };
  expect(rows).toEqual([
    { ...fact, amount: '39.80', quantity: 2, product_id: '1' },
    { ...fact, amount: '0.05', quantity: 1, product_id: '2' },
  ]);
  expect(await expireBy(...databases.slice(0, 1))).toBe(0);
});

test('expireAll() by several at once lets every order expire once, in batches', async () => {
  await place(170, 31);
  expect(await expireBy(...databases)).toBe(170);
  expect(await stocks()).toEqual([100 + 340, 100 + 170]);
});

test('expireAll() leaves what is left to the next start when its time is over', async () => {
  await place(120, 31);
  const orders: number[] = [];
  const [database] = databases;
  if (!database) throw new Error('Cannot expire: no database');
  const shift = { mayGoOn: () => false, expired: (more: number) => orders.push(more) };
  await expireAll(database, halfHourMs, shift);
  expect(orders).toEqual([50]);
});

test('expireAll() leaves history to its teller, and lets it expire at its own time', async () => {
  const [database] = databases;
  if (!database) throw new Error('Cannot expire: no database');
  await place(1, 100_000, { isBackfill: true, toldMinutes: 5 });
  expect(await expireBy(database)).toBe(0);
  await place(1, 100_000, { isBackfill: true, toldMinutes: 31 });
  await place(1, 40, { isBackfill: true, toldMinutes: 35 });
  expect(await expireBy(database)).toBe(2);
  const { rows } = await shop.admin.query(
    `select distinct fact.is_backfill, occurred_at = orders.ordered_at + interval '30 minutes' as own,
       orders.ordered_at < now() - interval '1 day' as old
     from order_adjustments as fact join orders on orders.id = order_id
     where orders.is_backfill order by old`,
  );
  expect(rows).toEqual([
    // Due only after it was told of: it expires before everyone's eyes.
    { is_backfill: false, own: false, old: false },
    { is_backfill: true, own: true, old: true },
  ]);
});
