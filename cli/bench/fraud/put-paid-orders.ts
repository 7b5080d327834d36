import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';

export interface PaidOrderLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** Share of the orders that are worth an alert. */
  readonly alertShare: number;
}

const insertCustomers = `
  insert into customers (first_name, last_name, email, country, created_at)
  select 'Bench', 'Customer', 'bench-' || n || '@shop.example', 'DE', now() - interval '400 days'
  from generate_series($1::int, $2::int) n
  returning id`;

/** Everything an order is compared by is its own, but for its amount, which is one of a few hundred. */
const insertOrder = `
  with product as (select id, category_id, seller_id from products where id = 1 + $2::int % 100),
  placed as (
    insert into orders (customer_id, total, shipping_country, shipping_address, device_id, ip)
    values ($1, $3::numeric, 'DE', 'Long Street ' || $2, 'bench-device-' || $2,
      '10.' || $2::int / 65536 || '.' || $2::int / 256 % 256 || '.' || $2::int % 256)
    returning id, customer_id, ordered_at
  ), item as (
    insert into order_items
      (order_id, customer_id, product_id, category_id, seller_id, quantity, unit_price, ordered_at)
    select placed.id, placed.customer_id, product.id, category_id, seller_id, 1, $3, ordered_at
    from placed, product
  )
  select id from placed`;

const insertPayment = `
  with paid as (
    insert into payments
      (order_id, customer_id, method, amount, status, transaction_id, card_fingerprint, paid_at)
    select id, customer_id, 'credit_card', total, 'approved', 'bench-' || id,
      keyed_hash('bench-card-' || id), now()
    from orders where id = $1
    returning id, order_id
  )
  update orders set status = 'paid', payment_id = paid.id from paid where orders.id = paid.order_id`;

const clients = 8;
const priceSteps = 400;

/** Orders of customers who are each seen for the first time, so that no alert waits for another. */
export class PaidOrders {
  readonly #database: pg.ClientConfig;
  #customers = 0;
  #ordersPlaced = 0;

  constructor(database: pg.ClientConfig) {
    this.#database = database;
  }

  get placed(): number {
    return this.#ordersPlaced;
  }

  /** Makes the customers of a load: they have been here for long. */
  async invite({ perSecond, seconds }: PaidOrderLoad): Promise<readonly number[]> {
    const client = new pg.Client(this.#database);
    await client.connect();
    try {
      const first = this.#customers + 1;
      this.#customers += Math.round(perSecond * seconds);
      const { rows } = await client.query(insertCustomers, [first, this.#customers]);
      return z
        .array(z.object({ id: z.coerce.number() }))
        .parse(rows)
        .map(({ id }) => id);
    } finally {
      await client.end();
    }
  }

  /** Places an order for each customer, evenly over time, and pays it in a transaction of its own. */
  async put(
    customers: readonly number[],
    { perSecond, alertShare }: PaidOrderLoad,
  ): Promise<{ readonly perSecond: number }> {
    const pool = new pg.Pool({ ...this.#database, max: clients });
    const everyNth = alertShare > 0 ? 1 / alertShare : Number.POSITIVE_INFINITY;
    const startedMs = performance.now();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < customers.length; index = next++) {
        const early = startedMs + (index / perSecond) * 1000 - performance.now();
        if (early > 0) await sleep(early);
        const isAlert = Math.floor(index / everyNth) !== Math.floor((index - 1) / everyNth);
        const cents = (isAlert ? 749_000 : 2_000) + (index % priceSteps) * 10;
        const number = this.#ordersPlaced;
        this.#ordersPlaced += 1;
        const values = [customers[index], number, (cents / 100).toFixed(2)];
        const { rows } = await pool.query({ name: 'order', text: insertOrder, values });
        await pool.query({ name: 'pay', text: insertPayment, values: [rows[0]?.id] });
      }
    };
    try {
      await Promise.all(Array.from({ length: clients }, work));
      return { perSecond: customers.length / ((performance.now() - startedMs) / 1000) };
    } finally {
      await pool.end();
    }
  }
}
