import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireAll } from '../../../functions/order-expiry/expire-all.ts';
import { connectDatabase, type Database } from '../../../shared/sql/database.ts';
import { appSecret, startShop } from '../../fixtures/shop.ts';
import { shopOrders } from '../../fixtures/shop-orders.ts';
import { type ModelShop, orderSteps, priceCents } from './order-model.ts';

const stockAtFirst = 6;
let shop: Awaited<ReturnType<typeof startShop>>;
let on: Awaited<ReturnType<typeof shopOrders>>;
let database: Database;
let firstOrder = 0;

beforeAll(async () => {
  shop = await startShop();
  on = await shopOrders(shop);
  database = connectDatabase(
    async () => appSecret(shop.connection),
    (_message, error) => shop.failures.push(error),
    'order-expiry',
  );
  for (const [index, cents] of priceCents.entries()) {
    const price = (cents / 100).toFixed(2);
    await shop.admin.query('update products set price = $2 where id = $1', [index + 1, price]);
  }
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await database.close();
  await shop.stop();
});

async function beginAnew(): Promise<void> {
  await shop.admin.query(`update orders set status = 'completed' where status = 'pending'`);
  await shop.admin.query('update products set stock = $1', [stockAtFirst]);
  const { rows } = await shop.admin.query('select coalesce(max(id), 0)::int as id from orders');
  firstOrder = rows[0].id + 1;
}

const age = (orderId: number) =>
  shop.admin.query(`update orders set ordered_at = ordered_at - interval '1 hour' where id = $1`, [
    orderId,
  ]);

/** What the facts of the orders placed since say, whatever happened. */
async function ordersNow() {
  const { rows } = await shop.admin.query(
    `select orders.id::int, orders.status, (total * 100)::int as "totalCents",
       coalesce((select sum(amount * 100) from order_adjustments as fact
         where fact.order_id = orders.id), 0)::int as "givenCents",
       (select count(*) from payments where order_id = orders.id and status = 'approved')::int
         as approved,
       (select count(*) from payments where order_id = orders.id and status = 'refunded')::int
         as refunded,
       (select count(*) from shipments where order_id = orders.id)::int as shipments,
       (select string_agg(status, ',') from shipments where order_id = orders.id) as shipment,
       exists (select from order_items as item where item.order_id = orders.id and quantity < (
         select sum(fact.quantity) from order_adjustments as fact
         where fact.order_item_id = item.id)) as "tooMany"
     from orders where id >= $1 order by id`,
    [firstOrder],
  );
  return rows;
}

/** What holds of every order at any time, however its steps came together. */
async function expectSoundOrders(): Promise<void> {
  for (const order of await ordersNow()) {
    const { status, totalCents, givenCents, approved, refunded, shipments, shipment } = order;
    const isUndone = status === 'cancelled' || status === 'expired';
    const told = JSON.stringify(order);
    expect(order.tooMany, told).toBe(false);
    expect(givenCents, told).toBeLessThanOrEqual(totalCents);
    if (isUndone) expect(givenCents, told).toBe(totalCents);
    if (status === 'pending') expect(givenCents, told).toBe(0);
    const wasPaid = approved + refunded;
    expect(wasPaid, told).toBe(isUndone ? Math.min(wasPaid, 1) : status === 'pending' ? 0 : 1);
    if (status === 'expired') expect(wasPaid, told).toBe(0);
    expect(refunded === 1, told).toBe(wasPaid === 1 && givenCents === totalCents);
    expect(shipments, told).toBeLessThanOrEqual(wasPaid);
    if (status === 'cancelled' && shipments > 0) expect(shipment, told).toBe('cancelled');
  }
}

async function stocks(): Promise<number[]> {
  const { rows } = await shop.admin.query('select stock from products where id <= $1 order by id', [
    priceCents.length,
  ]);
  return rows.map(({ stock }) => stock);
}

test('orders go where their states allow, stock and money always add up', async () => {
  await fc.assert(
    fc
      .asyncProperty(orderSteps, async (steps) => {
        const model: ModelShop = { stock: priceCents.map(() => stockAtFirst), orders: [] };
        await fc.asyncModelRun(() => ({ model, real: { on, database, age } }), steps);
        expect(await stocks()).toEqual(model.stock);
        const told = model.orders.map(({ id, status, totalCents, leftCents }) => ({
          id,
          status,
          givenCents: totalCents - leftCents,
        }));
        expect(await ordersNow()).toMatchObject(told);
        await expectSoundOrders();
      })
      .beforeEach(beginAnew),
    { numRuns: 40 },
  );
}, 240_000);

test('whatever happens to orders at the same moment, one after the other wins', async () => {
  const instances = Array.from({ length: 5 }, () => shop.instance());
  const token = await shop.tokenOf('operator');
  const act = fc.constantFrom('pay', 'cancel', 'expire', 'refund', 'ship', 'place');
  let keys = 0;

  async function run(what: string, orderId: number, at: number): Promise<number | undefined> {
    const call = instances[at % instances.length]?.call ?? shop.call;
    const post = async (path: string, body: object) => {
      const headers = { 'idempotency-key': `race-${++keys}` };
      return (await call('POST', `/orders/${orderId}/${path}`, { token, body, headers })).status;
    };
    if (what === 'pay') return post('payments', { method: 'pix' });
    if (what === 'cancel') return post('cancellation', {});
    if (what === 'refund') return post('refunds', { restock: true });
    if (what === 'ship') return post('shipments', { carrier: 'Correios' });
    if (what === 'place') return (await on.place({ 2: 1, 1: 1 })).status;
    await expireAll(database, 1_800_000, { mayGoOn: () => true, expired: () => {} });
    return 200;
  }

  await fc.assert(
    fc
      .asyncProperty(
        fc.array(act, { minLength: 4, maxLength: 16 }),
        fc.boolean(),
        async (acts, isPaid) => {
          const orders = [await on.place({ 1: 2, 2: 1 }), await on.place({ 2: 2, 1: 1 })];
          for (const { body } of orders) {
            if (isPaid) await on.pay(body.id);
            else await age(body.id);
          }
          const answers = await Promise.all(
            acts.map((what, at) => run(what, orders[at % 2]?.body.id, at)),
          );
          expect(answers.filter((status) => status === undefined || status >= 500)).toEqual([]);
          await expectSoundOrders();
          const { rows } = await shop.admin.query(
            `select (select sum(quantity) from order_items as item
                 where item.product_id = products.id and order_id >= $1)::int
               - coalesce((select sum(quantity) from order_adjustments as fact
                 where fact.product_id = products.id and order_id >= $1), 0)::int as sold
             from products where id <= $2 order by id`,
            [firstOrder, priceCents.length],
          );
          expect(await stocks()).toEqual(rows.map(({ sold }) => stockAtFirst - sold));
        },
      )
      .beforeEach(beginAnew),
    { numRuns: 25 },
  );
  await Promise.all(instances.map(({ close }) => close()));
}, 240_000);
