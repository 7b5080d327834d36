import { z } from 'zod';
import { decisionBases, fraudDecisions, reviewStates } from '../../../shared/shop/fraud-words.ts';
import {
  adjustmentKinds,
  orderStatuses,
  paymentStatuses,
  shipmentStatuses,
} from '../../../shared/shop/order-life.ts';
import { paymentMethods } from '../../../shared/shop/payment-methods.ts';
import { jsonInstant, rowId, rowInstant } from '../../../shared/sql/row-values.ts';

const paymentFields = {
  orderId: rowId,
  method: z.enum(paymentMethods),
  installments: z.int(),
  amount: z.string(),
  status: z.enum(paymentStatuses),
  transactionId: z.string(),
};

const decided = z
  .object({
    decision: z.enum(fraudDecisions),
    basis: z.enum(decisionBases),
    score: z.number().nullable(),
  })
  .nullable();

function decisionOf(payment: string): string {
  return `case when ${payment}.decision is not null then json_build_object('decision',
    ${payment}.decision, 'basis', ${payment}.decision_basis, 'score', ${payment}.decision_score) end`;
}

/** $1 order, $2 its customer, or null for anyone's. */
export const readOrder = {
  name: 'read-order',
  sql: `select id, customer_id as "customerId", status, review, total, channel,
      shipping_country as "shippingCountry", ordered_at as "orderedAt",
      coalesce((
        select json_agg(json_build_object('id', item.id, 'productId', item.product_id,
          'quantity', item.quantity, 'unitPrice', item.unit_price::text) order by item.id)
        from order_items as item where item.order_id = orders.id), '[]') as items,
      coalesce((
        select json_agg(json_build_object('id', payment.id, 'orderId', payment.order_id,
          'method', payment.method, 'installments', payment.installments,
          'amount', payment.amount::text, 'status', payment.status,
          'transactionId', payment.transaction_id, 'paidAt', payment.paid_at,
          'createdAt', payment.created_at, 'fraud', ${decisionOf('payment')}) order by payment.id)
        from payments as payment where payment.order_id = orders.id), '[]') as payments,
      coalesce((
        select json_agg(json_build_object('id', shipment.id, 'orderId', shipment.order_id,
          'status', shipment.status, 'carrier', shipment.carrier,
          'shippingCountry', shipment.shipping_country, 'shippedAt', shipment.shipped_at,
          'deliveredAt', shipment.delivered_at, 'createdAt', shipment.created_at)
          order by shipment.id)
        from shipments as shipment where shipment.order_id = orders.id), '[]') as shipments,
      coalesce((
        select json_agg(json_build_object('id', fact.id, 'orderId', fact.order_id,
          'kind', fact.kind, 'orderItemId', fact.order_item_id, 'productId', fact.product_id,
          'quantity', fact.quantity, 'amount', fact.amount::text, 'reason', fact.reason,
          'occurredAt', fact.occurred_at) order by fact.id)
        from order_adjustments as fact where fact.order_id = orders.id), '[]') as adjustments
    from orders where id = $1 and ($2::bigint is null or customer_id = $2)`,
  row: z.object({
    id: rowId,
    customerId: rowId,
    status: z.enum(orderStatuses),
    review: z.enum(reviewStates).nullable(),
    total: z.string(),
    channel: z.string(),
    shippingCountry: z.string(),
    orderedAt: rowInstant,
    items: z.array(
      z.object({ id: z.int(), productId: z.int(), quantity: z.int(), unitPrice: z.string() }),
    ),
    payments: z.array(
      z.object({
        id: z.int(),
        ...paymentFields,
        paidAt: jsonInstant.nullable(),
        createdAt: jsonInstant,
        fraud: decided,
      }),
    ),
    shipments: z.array(
      z.object({
        id: z.int(),
        orderId: z.int(),
        status: z.enum(shipmentStatuses),
        carrier: z.string(),
        shippingCountry: z.string(),
        shippedAt: jsonInstant.nullable(),
        deliveredAt: jsonInstant.nullable(),
        createdAt: jsonInstant,
      }),
    ),
    adjustments: z.array(
      z.object({
        id: z.int(),
        orderId: z.int(),
        kind: z.enum(adjustmentKinds),
        orderItemId: z.int().nullable(),
        productId: z.int().nullable(),
        quantity: z.int().nullable(),
        amount: z.string(),
        reason: z.string().nullable(),
        occurredAt: jsonInstant,
      }),
    ),
  }),
};

/** $1 order, $2 customer or null. One change of an order comes after the other. */
export const lockOrder = {
  name: 'lock-order',
  sql: `select status, ordered_at as "orderedAt", shipment_id as "shipmentId", review from orders
    where id = $1 and ($2::bigint is null or customer_id = $2) for no key update`,
  row: z.object({
    status: z.enum(orderStatuses),
    orderedAt: rowInstant,
    shipmentId: rowId.nullable(),
    review: z.enum(reviewStates).nullable(),
  }),
};

/**
 * A payment over the order's total; approved, it makes the order a paid one.
 *
 * $1 order, $2 method, $3 instalments, $4 status, $5 transaction id, $6 card number or null, of
 * which only the keyed hash is written, $7 time or null for now, $8 whether it tells of the past,
 * $9 what was decided about it, $10 by what, and $11 the score, each null where nobody was asked.
 */
export const insertPayment = {
  name: 'insert-payment',
  sql: `with made as (
      insert into payments (order_id, customer_id, method, installments, amount, status,
        transaction_id, card_fingerprint, attempted_at, paid_at, is_backfill, decision,
        decision_basis, decision_score)
      select id, customer_id, $2, $3, total, $4::varchar, $5, keyed_hash($6),
        coalesce($7::timestamptz, now()),
        case $4::varchar when 'approved' then coalesce($7::timestamptz, now()) end, $8,
        $9, $10, $11
      from orders where id = $1
      returning *
    ), paid as (
      update orders set status = 'paid', payment_id = made.id from made
      where orders.id = made.order_id and made.status = 'approved'
    )
    select id, order_id as "orderId", method, installments, amount, status,
      transaction_id as "transactionId", paid_at as "paidAt", created_at as "createdAt",
      ${decisionOf('made')} as fraud from made`,
  row: z.object({
    id: rowId,
    ...paymentFields,
    paidAt: rowInstant.nullable(),
    createdAt: rowInstant,
    fraud: decided,
  }),
};
