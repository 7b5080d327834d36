import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface OrderLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** Share of the orders that are worth an alert. */
  readonly alertShare: number;
}

const insertOrder = `
  with product as (select id, category_id, seller_id from products where id = 1 + $1 % 100),
  placed as (
    insert into orders (customer_id, total, shipping_country, shipping_address, device_id)
    values (1 + $1 % 90, $2, 'DE', 'Long Street 1', 'device-1') returning id, customer_id, ordered_at
  )
  insert into order_items
    (order_id, customer_id, product_id, category_id, seller_id, quantity, unit_price, ordered_at)
  select placed.id, placed.customer_id, product.id, category_id, seller_id, 1, $2, ordered_at
  from placed, product`;

const clients = 8;

/** Inserts orders evenly over time, one transaction each, from several connections. */
export async function putOrders(
  database: pg.ClientConfig,
  { perSecond, seconds, alertShare }: OrderLoad,
): Promise<{ readonly orders: number; readonly perSecond: number }> {
  const pool = new pg.Pool({ ...database, max: clients });
  const orders = Math.round(perSecond * seconds);
  const everyNth = alertShare > 0 ? 1 / alertShare : Number.POSITIVE_INFINITY;
  const startedMs = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < orders; index = next++) {
      const dueMs = startedMs + (index / perSecond) * 1000;
      const early = dueMs - performance.now();
      if (early > 0) await sleep(early);
      const isAlert = Math.floor(index / everyNth) !== Math.floor((index - 1) / everyNth);
      await pool.query({
        name: 'order',
        text: insertOrder,
        values: [index, isAlert ? '7499.90' : '49.90'],
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: clients }, work));
    return { orders, perSecond: orders / ((performance.now() - startedMs) / 1000) };
  } finally {
    await pool.end();
  }
}
