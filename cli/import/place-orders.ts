import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { cutText } from './cut-text.ts';
import { decimal } from './decimal.ts';
import type { PlannedLine, PlannedOrder } from './plan-order.ts';
import type { ShopProduct } from './shop-products.ts';

/** How orders of a file are written. */
export interface Placement {
  /** SHA-256 of the file, in hexadecimal. */
  readonly fileHash: string;
  /** With it and what the file calls it an order is known when it comes again. */
  readonly importId: string;
  /** Whether readers of the change stream take it for history. */
  readonly isBackfill: boolean;
}

/** An order with the numbers that the shop has for what the file names. */
export interface PlacedOrder {
  readonly order: PlannedOrder;
  readonly customerId: number | undefined;
  readonly products: ReadonlyMap<string, ShopProduct>;
}

const keyRows = z.object({ rows: z.array(z.object({ key: z.string() })) });

/** $1 orders, $2 items, $3 adjustments, $4 findings; $5 whether they are history, $6 hash of the file. */
const insert = `with sale as (
    select * from json_to_recordset($1::json) as sale (key varchar, reference varchar,
      place integer, customer bigint, at timestamptz, total numeric, status varchar,
      channel varchar, country varchar)
  ), placed as (
    insert into orders (customer_id, ordered_at, total, status, channel, shipping_country,
      idempotency_key, is_backfill)
    select customer, at, total, status, channel, country, key, $5::boolean from sale order by place
    on conflict (customer_id, idempotency_key) do nothing
    returning id, customer_id, ordered_at, channel, idempotency_key as key
  ), sold as (
    insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
      unit_price, ordered_at, channel, is_backfill)
    select placed.id, placed.customer_id, product, category, seller, quantity, price,
      placed.ordered_at, placed.channel, $5::boolean
    from placed join json_to_recordset($2::json) as item (key varchar, place integer,
      product bigint, category bigint, seller bigint, quantity integer, price numeric) using (key)
    order by place
  ), given_back as (
    insert into order_adjustments (order_id, customer_id, kind, amount, occurred_at, product_id,
      category_id, seller_id, quantity, is_backfill)
    select placed.id, placed.customer_id, kind, amount, at, product, category, seller, quantity,
      $5::boolean
    from placed join json_to_recordset($3::json) as given (key varchar, place integer,
      kind varchar, amount numeric, at timestamptz, product bigint, category bigint,
      seller bigint, quantity integer) using (key)
    order by place
  ), found as (
    insert into private.import_findings (file_hash, line, field, order_id, reference, reason)
    select $6, line, field, placed.id, sale.reference, reason
    from placed join sale using (key)
      join json_to_recordset($4::json) as finding (key varchar, line integer, field varchar,
        reason varchar) using (key)
  )
  select key from placed`;

/**
 * Writes those orders that are not there yet, all in one statement, with their lines and what was
 * found about them.
 *
 * @param db as the owner of the shop's tables.
 * @returns the orders that were written.
 */
export async function placeOrders(
  db: SqlConnection,
  orders: readonly PlacedOrder[],
  { fileHash, importId, isBackfill }: Placement,
): Promise<readonly PlannedOrder[]> {
  const byKey = new Map<string, PlannedOrder>();
  const [sales, items, givenBack, findings]: object[][] = [[], [], [], []];
  for (const { order, customerId, products } of orders) {
    const { reference, orderedAtMs, totalCents, status, channel, country } = order;
    const key = orderKey(importId, reference);
    byKey.set(key, order);
    sales?.push({
      ...{ key, reference: cutText(reference, referenceLengthMax), place: byKey.size },
      ...{ customer: customerId, at: new Date(orderedAtMs).toISOString() },
      ...{ total: decimal(totalCents), status, channel, country },
    });
    for (const line of order.items) {
      items?.push({ ...lineRow(key, line, products), price: decimal(line.cents) });
    }
    for (const line of order.givenBack) {
      const at = new Date(line.atMs).toISOString();
      const back = { kind: line.kind, amount: decimal(line.cents), at };
      givenBack?.push({ ...lineRow(key, line, products), ...back });
    }
    for (const { line, field, reason } of order.findings) {
      findings?.push({ key, line, field, reason: cutText(reason, reasonLengthMax) });
    }
  }
  const parts = [sales, items, givenBack, findings].map((rows) => JSON.stringify(rows));
  const { rows } = keyRows.parse(await db.query(insert, [...parts, isBackfill, fileHash]));
  return rows.flatMap(({ key }) => byKey.get(key) ?? []);
}

function lineRow(key: string, line: PlannedLine, products: PlacedOrder['products']) {
  const product = products.get(line.sku);
  return {
    ...{ key, place: line.line, quantity: line.quantity === 0 ? null : line.quantity },
    ...{ product: product?.id, category: product?.categoryId, seller: product?.sellerId },
  };
}

const keyLengthMax = 128;
const referenceLengthMax = 128;
const reasonLengthMax = 300;

function orderKey(importId: string, reference: string): string {
  const key = `${importId}|${reference}`;
  if (key.length <= keyLengthMax) return key;
  const hash = createHash('sha256').update(reference).digest('hex');
  return `${importId}|${hash.slice(0, 40)}`;
}
