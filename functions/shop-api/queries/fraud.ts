import { z } from 'zod';
import { reviewSources, reviewStates, reviewVerdicts } from '../../../shared/shop/fraud-words.ts';
import { orderStatuses, paymentStatuses } from '../../../shared/shop/order-life.ts';
import { paymentMethods } from '../../../shared/shop/payment-methods.ts';
import { rowId, rowInstant } from '../../../shared/sql/row-values.ts';

const hash = z.string().nullable();
const word = z.string().nullable();
const wholeText = z.int().transform(String);
const epochMs = z.int();

/**
 * What the change stream tells of an order and of the attempts to pay it, as far as a decision
 * needs it, and the card that is tried now.
 *
 * $1 order, $2 its customer, or null for anyone's, $3 card number or null.
 */
export const readOrderFacts = {
  name: 'read-order-facts',
  sql: `select status, review, keyed_hash($3) as "cardHash",
      floor(extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
      json_build_object('orderId', id::text, 'customerId', customer_id::text,
        'customerSinceMs', floor(extract(epoch from customer_since) * 1000),
        'totalCents', (total * 100)::bigint, 'channel', channel, 'country', shipping_country,
        'orderedAtMs', floor(extract(epoch from ordered_at) * 1000),
        'customerHash', customer_hash, 'emailHash', email_hash, 'deviceId', device_id,
        'addressHash', shipping_address_hash, 'ipHash', ip_hash) as order,
      coalesce((
        select json_agg(json_build_object('itemId', item.id, 'productId', item.product_id,
          'categoryId', item.category_id, 'sellerId', item.seller_id, 'quantity', item.quantity,
          'unitPriceCents', (item.unit_price * 100)::bigint) order by item.id)
        from order_items as item where item.order_id = orders.id), '[]') as items,
      coalesce((
        select json_agg(json_build_object('paymentId', payment.id, 'method', payment.method,
          'installments', payment.installments, 'cardHash', payment.card_fingerprint,
          'amountCents', (payment.amount * 100)::bigint, 'status', payment.status,
          'attemptedAtMs', floor(extract(epoch from payment.attempted_at) * 1000))
          order by payment.id)
        from payments as payment where payment.order_id = orders.id), '[]') as payments
    from orders where id = $1 and ($2::bigint is null or customer_id = $2)`,
  row: z.object({
    status: z.enum(orderStatuses),
    review: z.enum(reviewStates).nullable(),
    cardHash: hash,
    nowMs: epochMs,
    order: z.object({
      orderId: z.string(),
      customerId: z.string(),
      customerSinceMs: epochMs.nullable(),
      totalCents: z.int(),
      orderedAtMs: epochMs,
      channel: word,
      country: word,
      customerHash: hash,
      emailHash: hash,
      deviceId: word,
      addressHash: hash,
      ipHash: hash,
    }),
    items: z.array(
      z.object({
        itemId: wholeText,
        productId: wholeText,
        categoryId: wholeText,
        sellerId: wholeText,
        quantity: z.int(),
        unitPriceCents: z.int(),
      }),
    ),
    payments: z.array(
      z.object({
        paymentId: wholeText,
        method: z.enum(paymentMethods),
        installments: z.int(),
        cardHash: hash,
        amountCents: z.int(),
        status: z.enum(paymentStatuses),
        attemptedAtMs: epochMs,
      }),
    ),
  }),
};

/** $1 order: a person looks at it before it is sent, unless somebody has already. */
export const openReview = {
  name: 'open-review',
  sql: `update orders set review = 'open' where id = $1 and review is null returning id`,
  row: z.object({ id: rowId }),
};

const review = z.object({
  id: rowId,
  orderId: rowId,
  verdict: z.enum(reviewVerdicts),
  source: z.enum(reviewSources),
  reviewer: z.string().nullable(),
  reviewedAt: rowInstant,
});
const reviewColumns = `id, order_id as "orderId", verdict, source, reviewer,
  reviewed_at as "reviewedAt"`;

/** $1 order: what was found out about it last. */
export const readLastReview = {
  name: 'read-last-review',
  sql: `select ${reviewColumns} from order_reviews where order_id = $1 order by id desc limit 1`,
  row: review,
};

/**
 * $1 order, $2 verdict, $3 source, $4 reviewer, $5 time or null for now, $6 whether it tells of the
 * past.
 */
export const insertReview = {
  name: 'insert-review',
  sql: `with judged as (
      update orders set review = $2::varchar where id = $1 returning id, customer_id
    )
    insert into order_reviews (order_id, customer_id, verdict, source, reviewer, reviewed_at,
      is_backfill)
    select id, customer_id, $2::varchar, $3, $4, coalesce($5::timestamptz, now()), $6 from judged
    returning ${reviewColumns}`,
  row: review,
};
