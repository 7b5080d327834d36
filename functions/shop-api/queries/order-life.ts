import { z } from 'zod';
import { paymentStatuses } from '../../../shared/shop/order-life.ts';
import { adjustmentColumns, adjustmentRow } from '../../../shared/shop/orders/statements.ts';
import { rowId } from '../schemas/common.ts';

const changed = z.object({ id: rowId });

/** $1 order. Its payment is given back, a shipment that was being prepared is not sent. */
export const setCancelled = {
  name: 'set-cancelled',
  sql: `with refunded as (
      update payments set status = 'refunded' from orders
      where orders.id = $1 and payments.id = orders.payment_id and payments.status = 'approved'
    ), stopped as (
      update shipments set status = 'cancelled' where order_id = $1 and status = 'preparing'
    )
    update orders set status = 'cancelled' where id = $1 returning id`,
  row: changed,
};

/** $1 order, $2 status. */
export const setStatus = {
  name: 'set-status',
  sql: 'update orders set status = $2 where id = $1 returning id',
  row: changed,
};

/** $1 order: the payment that made it a paid one. */
export const readPayment = {
  name: 'read-payment',
  sql: `select payments.status from orders join payments on payments.id = orders.payment_id
    where orders.id = $1`,
  row: z.object({ status: z.enum(paymentStatuses) }),
};

/** $1 order: all of its payment is given back. */
export const setRefunded = {
  name: 'set-refunded',
  sql: `update payments set status = 'refunded' from orders
    where orders.id = $1 and payments.id = orders.payment_id returning payments.id`,
  row: changed,
};

/** $1 order, $2 idempotency key. */
export const findRefund = {
  name: 'find-refund',
  sql: `select ${adjustmentColumns}, request_hash as "requestHash" from order_adjustments
    where order_id = $1 and idempotency_key = $2 order by id`,
  row: adjustmentRow.extend({ requestHash: z.string() }),
};

/** $1 order, $2 carrier, $3 whether it tells of the past. */
export const insertShipment = {
  name: 'insert-shipment',
  sql: `with made as (
      insert into shipments (order_id, customer_id, carrier, shipping_country, is_backfill)
      select id, customer_id, $2, shipping_country, $3 from orders where id = $1
      returning id, order_id
    ), kept as (
      update orders set shipment_id = made.id from made where orders.id = made.order_id
    )
    select id from made`,
  row: changed,
};

/** $1 shipment, $2 status, $3 time or null for now. What was sent or delivered is its order, too. */
export const moveShipment = {
  name: 'move-shipment',
  sql: `with moved as (
      update shipments set status = $2::varchar,
        shipped_at = case $2::varchar when 'shipped' then coalesce($3::timestamptz, now())
          else shipped_at end,
        delivered_at = case $2::varchar when 'delivered' then coalesce($3::timestamptz, now())
          else delivered_at end
      where id = $1 returning id, order_id, status
    ), followed as (
      update orders set status = moved.status from moved
      where orders.id = moved.order_id and moved.status in ('shipped', 'delivered')
    )
    select id from moved`,
  row: changed,
};

/** $1 order, $2 age in milliseconds at which it expires, $3 time or null for now. */
export const readDue = {
  name: 'read-due',
  sql: `select to_char(due at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      due <= coalesce($3::timestamptz, now()) as "isDue"
    from orders, lateral (select ordered_at + $2::bigint * interval '1 millisecond' as due) as told
    where id = $1`,
  row: z.object({ at: z.string(), isDue: z.boolean() }),
};
