import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** So many orders, with one item each, in one statement: two row changes an order. */
const ordersPerStatement = 50;

const insertOrders = `
  with placed as (
    insert into orders (customer_id, total, shipping_country, shipping_address, device_id)
    select 1 + n % 90, 49.90, 'DE', 'Long Street 1', 'device-1'
    from generate_series(1, $1::int) n
    returning id, customer_id, ordered_at
  )
  insert into order_items
    (order_id, customer_id, product_id, category_id, seller_id, quantity, unit_price, ordered_at)
  select placed.id, customer_id, product.id, category_id, seller_id, 1, 49.90, ordered_at
  from placed join products product on product.id = 1 + placed.id % 100`;

/** Row changes from one connection, evenly over time, in bulk: not through the shop's API. */
export async function putChanges(
  database: pg.ClientConfig,
  perSecond: number,
  seconds: number,
): Promise<{ readonly changes: number; readonly perSecond: number }> {
  const changesPerStatement = 2 * ordersPerStatement;
  const statements = Math.round((perSecond * seconds) / changesPerStatement);
  const client = new pg.Client(database);
  await client.connect();
  try {
    const startedMs = performance.now();
    for (let index = 0; index < statements; index += 1) {
      const dueMs = startedMs + ((index * changesPerStatement) / perSecond) * 1000;
      const early = dueMs - performance.now();
      if (early > 0) await sleep(early);
      await client.query({ name: 'orders', text: insertOrders, values: [ordersPerStatement] });
    }
    const changes = statements * changesPerStatement;
    return { changes, perSecond: changes / ((performance.now() - startedMs) / 1000) };
  } finally {
    await client.end();
  }
}
