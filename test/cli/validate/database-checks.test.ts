import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { databaseChecks } from '../../../cli/validate/database-checks.ts';
import { runChecks } from '../../../cli/validate/run-checks.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { seedShop } from '../../../shared/shop/seed.ts';
import { liftRules } from '../../fixtures/lift-rules.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { startShop } from '../../fixtures/shop.ts';
import { shopOrders } from '../../fixtures/shop-orders.ts';

/** Order 1 was bought, sent and given back in part; 2 was cancelled, 3 waits, 4 came from a file. */
const soundShop = `
insert into orders (customer_id, total, shipping_country, status, ordered_at)
  select 1, total, 'DE', status, now() - interval '1 hour' from (values
    (30.00, 'delivered'), (10.00, 'cancelled'), (5.00, 'pending')) as sale (total, status);
insert into orders (customer_id, total, shipping_country, status, ordered_at, idempotency_key,
  is_backfill) values (1, 90000.00, 'GB', 'completed', '2010-12-01Z', 'import|abc|1', true);
insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
  unit_price, ordered_at, is_backfill)
  select o.id, 1, p.id, category_id, seller_id, pieces, worth, o.ordered_at, o.is_backfill
  from (values (1, 2, 10.00), (1, 1, 10.00), (2, 1, 10.00), (3, 5, 1.00), (4, 9, 10000.00))
      as line (of_order, pieces, worth)
    join orders o on o.id = of_order, (select * from products where id = 1) as p;
insert into private.import_findings (file_hash, line, field, order_id, reference, reason)
  values ('abc', 2, 'total', 4, '1', 'Must be from 0.01 to 50000.00');
insert into payments (order_id, customer_id, paid_at, method, amount, status, transaction_id) values
  (1, 1, now(), 'paypal', 30.00, 'approved', 't1'), (2, 1, now(), 'pix', 10.00, 'refunded', 't2'),
  (3, 1, null, 'credit_card', 5.00, 'declined', 't3');
insert into shipments (order_id, customer_id, status, carrier, shipping_country, shipped_at,
  delivered_at) values (1, 1, 'delivered', 'DHL', 'DE', now(), now());
insert into order_reviews (order_id, customer_id, verdict, source) values (1, 1, 'legitimate', 'operator');
insert into order_adjustments (order_id, customer_id, kind, amount, order_item_id)
  select order_id, 1, case order_id when 1 then 'refund' else 'cancellation' end, 10.00, id
  from order_items where id in (2, 3);`;

let server: TestPostgres;
let client: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client(await server.createDatabase());
  await client.connect();
  await migrate(client, { pseudonymKey: 'a key for tests alone' });
  await seedShop(client, { categories: 2, products: 3, customers: 1, sellers: 1, seed: 7 });
  await client.query(soundShop);
});
beforeEach(async () => void (await client.query('begin')));
afterEach(async () => void (await client.query('rollback')));
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

const findings = () => runChecks(databaseChecks(client));

test('databaseChecks() finds a sound shop sound, and tells what was imported', async () => {
  const all = await findings();
  expect(all.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(all.find(({ check }) => check === 'imported history is flagged')?.detail).toBe(
    '1 finding about imported orders',
  );
  expect(all[0]?.detail).toContain('4 orders, 5 order_items');
});

const faults: readonly [what: string, plant: string, check: string, example: RegExp][] = [
  [
    'an orphan',
    `update order_items set order_id = 99 where id = 5; update orders set total = 0 where id = 4`,
    'every reference leads to a row',
    /order_items 5: order_id 99/,
  ],
  [
    'an orphan in any other table',
    `update wishlists set id = id; insert into wishlists (customer_id, product_id) values (1, 77)`,
    'every reference leads to a row',
    /wishlists 1: product_id 77/,
  ],
  [
    'a total that does not add up',
    `update orders set total = 30.01 where id = 1; update payments set amount = 30.01 where order_id = 1`,
    'an order is worth its lines',
    /order 1: total 30.01, lines 30.00/,
  ],
  [
    'a line of another time than its order',
    `update order_items set ordered_at = now() where id = 1`,
    'a line agrees with its order',
    /order item 1/,
  ],
  [
    'a payment of another mailbox than its order',
    `update payments set email_hash = 'other' where id = 2`,
    'a payment and a review carry what their order carries',
    /payment 2/,
  ],
  [
    'a review of another device than its order',
    `insert into order_reviews (order_id, customer_id, verdict, source, device_id, ordered_at)
     values (1, 1, 'fraud', 'operator', 'other', now())`,
    'a payment and a review carry what their order carries',
    /review 2/,
  ],
  [
    'a payment that was attempted before its order',
    `update payments set attempted_at = now() - interval '2 hours' where id = 3`,
    'things happen in their order',
    /payment 3/,
  ],
  [
    'a sale over the limit',
    `delete from private.import_findings`,
    'sales keep their limits, or are flagged',
    /order 4: 90000.00/,
  ],
  [
    'too many pieces',
    `update order_items set quantity = 5000, unit_price = 0.001 where id = 4`,
    'sales keep their limits, or are flagged',
    /order 3/,
  ],
  [
    'stock below zero',
    `update products set stock = -1 where id = 2`,
    'stock is never below zero',
    /product 2: -1/,
  ],
  [
    'sent and not paid',
    `update payments set status = 'declined' where order_id = 1`,
    'what was sent or completed was paid',
    /order 1: delivered/,
  ],
  [
    'paid and still pending',
    `update payments set status = 'approved', paid_at = now() where order_id = 3`,
    'what was paid is not pending or expired',
    /order 3: pending/,
  ],
  [
    'paid twice',
    `insert into payments (order_id, customer_id, paid_at, method, amount, status, transaction_id) values (1, 1, now(), 'pix', 30, 'approved', 't9')`,
    'an order is paid once, with its total',
    /order 1: paid 60.00 of 30.00/,
  ],
  [
    'delivered without a shipment',
    `delete from shipments`,
    'what was shipped has left, what was delivered has arrived',
    /order 1: delivered/,
  ],
  [
    'cancelled and not taken back',
    `delete from order_adjustments where order_id = 2`,
    'what was cancelled or expired was taken back',
    /order 2: cancelled/,
  ],
  [
    'more given back than was sold',
    `update order_adjustments set amount = 31 where order_id = 1`,
    'no more is given back than an order was worth',
    /order 1: 31.00 of 30.00/,
  ],
  [
    'a line of another order given back',
    `update order_adjustments set order_item_id = 4 where order_id = 1`,
    'a line given back is a line of its order',
    /adjustment 1/,
  ],
  [
    'paid before it was ordered',
    `update payments set paid_at = now() - interval '1 day' where order_id = 1`,
    'things happen in their order',
    /payment 1/,
  ],
  [
    'an instant in the future',
    `update customers set created_at = now() + interval '1 day'`,
    'instants lie between 2000 and now',
    /customers.created_at/,
  ],
  [
    'an instant before all shops',
    `update shipments set delivered_at = '0099-01-01Z', shipped_at = '0099-01-01Z'`,
    'instants lie between 2000 and now',
    /shipments.shipped_at/,
  ],
];

test.each(faults)('databaseChecks() finds %s', async (_, plant, check, example) => {
  await liftRules(client);
  await client.query(plant);
  const found = (await findings()).filter(({ status }) => status !== 'ok');
  expect(found.find((finding) => finding.check === check)).toMatchObject({
    status: 'fault',
    area: 'database',
    detail: expect.stringMatching(/exception/),
  });
  const [first = ''] = found.find((finding) => finding.check === check)?.examples ?? [];
  expect(first).toMatch(example);
});

test('a check that cannot be made is told, and keeps no other from it', async () => {
  await client.query('alter table shipments rename column delivered_at to arrived_at');
  const db = {
    async query(sql: string, params?: readonly unknown[]) {
      await client.query('savepoint here');
      return await client.query(sql, [...(params ?? [])]).catch(async (error) => {
        await client.query('rollback to savepoint here');
        throw error;
      });
    },
  };
  const failed = (await runChecks(databaseChecks(db))).filter(({ status }) => status === 'failed');
  expect(failed.map(({ check }) => check)).toEqual([
    'what was shipped has left, what was delivered has arrived',
    'things happen in their order',
    'instants lie between 2000 and now',
  ]);
  expect(failed[0]?.detail).toContain('delivered_at does not exist');
});

test('databaseChecks() finds nothing wrong with orders that lived through the API', async () => {
  const shop = await startShop();
  try {
    const orders = await shopOrders(shop);
    const paid = await orders.placePaid({ 1: 2, 2: 1 });
    await orders.cancel(paid.id);
    const { body: waiting } = await orders.place({ 1: 1 });
    await orders.cancel(waiting.id);
    await orders.place({ 2: 1 });
    const sent = await orders.placePaid({ 1: 1, 3: 1 });
    const { body: shipment } = await orders.ship(sent.id);
    await orders.move(shipment.id, 'shipped');
    await orders.move(shipment.id, 'delivered');
    await orders.refund(sent.id, { lines: [{ orderItemId: sent.items[0].id, quantity: 1 }] });
    await orders.call('POST', `/orders/${sent.id}/completion`);
    const prepared = await orders.placePaid({ 3: 2 });
    await orders.ship(prepared.id);
    await orders.cancel(prepared.id);
    const all = await runChecks(databaseChecks(shop.admin));
    expect(all.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(all[0]?.detail).toMatch(/5 orders, 7 order_items, .* 5 order_adjustments/);
  } finally {
    await shop.stop();
  }
});
