import { z } from 'zod';
import { rowId, rowInstant } from '../../sql/row-values.ts';
import { adjustmentKinds } from '../order-life.ts';

/**
 * $1 orders. What was sold with each, line by line, and what was given back of it. The orders are
 * locked, so nobody gives back more meanwhile.
 */
export const readSoldLines = {
  name: 'read-sold-lines',
  sql: `select item.order_id as "orderId", item.id as "orderItemId", item.quantity,
      (item.unit_price * 100)::bigint as "unitPriceCents",
      coalesce(given.quantity, 0) as "givenQuantity", coalesce(given.cents, 0) as "givenCents"
    from order_items as item, lateral (
      select sum(quantity) as quantity, (sum(amount) * 100)::bigint as cents
      from order_adjustments as given
      where given.order_id = item.order_id and given.order_item_id = item.id) as given
    where item.order_id = any($1::bigint[])
    order by item.order_id, item.id`,
  row: z.object({
    orderId: rowId,
    orderItemId: rowId,
    quantity: z.int(),
    unitPriceCents: rowId,
    givenQuantity: rowId,
    givenCents: rowId,
  }),
};

/** $1 orders. What each was sold for, less all that was given back. */
export const readLeft = {
  name: 'read-left',
  sql: `select id as "orderId", ((total - coalesce((
        select sum(amount) from order_adjustments where order_id = orders.id), 0)) * 100)::bigint
      as "leftCents"
    from orders where id = any($1::bigint[])`,
  row: z.object({ orderId: rowId, leftCents: rowId }),
};

/** $1 lines of orders. Like every checkout it locks products in the order of their ids. */
export const lockProducts = {
  name: 'lock-products',
  sql: `select id from products
    where id in (select product_id from order_items where id = any($1::bigint[]))
    order by id for no key update`,
  row: z.object({ id: rowId }),
};

/** $1 lines of orders, $2 pieces of each that can be sold again. */
export const putBack = {
  name: 'put-back',
  sql: `with back as (
      select item.product_id, sum(told.quantity) as quantity
      from unnest($1::bigint[], $2::integer[]) as told (order_item_id, quantity)
      join order_items as item on item.id = told.order_item_id
      group by item.product_id
    )
    update products set stock = stock + back.quantity from back
    where products.id = back.product_id returning products.id`,
  row: z.object({ id: rowId }),
};

/** The columns of an adjustment as the API shows them. */
export const adjustmentColumns = `id, order_id as "orderId", kind, order_item_id as "orderItemId",
  product_id as "productId", quantity, amount, reason, occurred_at as "occurredAt"`;

export const adjustmentRow = z.object({
  id: rowId,
  orderId: rowId,
  kind: z.enum(adjustmentKinds),
  orderItemId: rowId.nullable(),
  productId: rowId.nullable(),
  quantity: z.int().nullable(),
  amount: z.string(),
  reason: z.string().nullable(),
  occurredAt: rowInstant,
});

/**
 * $1 the adjustments as JSON, $2 kind, $3 reason, $4 idempotency key, $5 hash of the request. What an
 * adjustment says of its line is what the line says.
 */
export const insertAdjustments = {
  name: 'insert-adjustments',
  sql: `insert into order_adjustments (order_id, customer_id, kind, amount, occurred_at,
      order_item_id, product_id, category_id, seller_id, quantity, method, is_backfill, reason,
      idempotency_key, request_hash)
    select orders.id, orders.customer_id, $2, told."amountCents"::numeric / 100,
      coalesce(told.at, now()), item.id, item.product_id, item.category_id, item.seller_id,
      told.quantity, payments.method, told."isBackfill", $3, $4, $5
    from rows from (json_to_recordset($1::json) as ("orderId" bigint, "orderItemId" bigint,
      quantity integer, "amountCents" bigint, at timestamptz, "isBackfill" boolean))
      with ordinality as told ("orderId", "orderItemId", quantity, "amountCents", at, "isBackfill",
        place)
    join orders on orders.id = told."orderId"
    left join order_items as item on item.id = told."orderItemId" and item.order_id = orders.id
    left join payments on payments.id = orders.payment_id
    order by told.place
    returning ${adjustmentColumns}`,
  row: adjustmentRow,
};
