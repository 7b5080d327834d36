import { z } from 'zod';
import {
  decisionBases,
  fraudDecisions,
  reviewSources,
  reviewVerdicts,
} from '../shop/fraud-words.ts';
import { paymentStatuses } from '../shop/order-life.ts';
import { paymentMethods } from '../shop/payment-methods.ts';

const rowId = z.union([z.int(), z.string().min(1).max(64)]);
/** A number, or its digits; an exponent stands for DMS without `UseLargeIntegerValue`. */
const money = z.union([
  z.number().min(0).lt(1e10),
  z.string().regex(/^\+?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/),
]);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);
const shortText = z.string().max(64).nullable().optional();
/** Booleans as DMS may write them. */
const flag = z.union([z.boolean(), z.enum(['t', 'f', 'true', 'false', '1', '0']), z.int()]);

const probability = z.union([
  z.number().min(0).max(1),
  z.string().regex(/^0?\.\d+$|^[01]$|^1\.0+$/),
]);

/** What a fact is compared by; absent in records from before the columns. */
const traces = {
  customer_hash: shortText,
  email_hash: shortText,
  device_id: shortText,
  shipping_address_hash: shortText,
  ip_hash: shortText,
};

const fact = {
  id: rowId,
  row_version: z.union([z.int().min(1), z.string().regex(/^[1-9]\d*$/)]),
  /** True of history that was told later: no event for a job, but a row of the lake. */
  is_backfill: flag.nullable().optional(),
};

function insertOf<Row extends z.ZodRawShape>(table: string, row: Row) {
  return z.object({
    data: z.object({ ...fact, ...row }),
    metadata: z.object({
      'record-type': z.literal('data'),
      operation: z.enum(['insert', 'create']),
      'table-name': z.literal(table),
      /** When the transaction committed; absent where the capture does not tell. */
      'commit-timestamp': z.string().optional(),
    }),
  });
}

/**
 * The inserts that become facts, as `shopFacts()` reads them of the change stream. What else stands
 * in a record of DMS is not looked at. The reader checks by hand, a test holds it against these.
 */
export const orderRecord = insertOf('orders', {
  customer_id: rowId,
  customer_since: instant.nullable().optional(),
  total: money,
  ordered_at: instant,
  channel: shortText,
  shipping_country: shortText,
  ...traces,
});

export const orderItemRecord = insertOf('order_items', {
  order_id: rowId,
  customer_id: rowId.nullable().optional(),
  customer_hash: shortText,
  product_id: rowId,
  category_id: rowId.nullable().optional(),
  seller_id: rowId.nullable().optional(),
  quantity: z.int().min(1),
  unit_price: money,
  ordered_at: instant,
});

export const paymentRecord = insertOf('payments', {
  order_id: rowId,
  customer_id: rowId,
  customer_since: instant.nullable().optional(),
  shipping_country: shortText,
  card_fingerprint: shortText,
  method: z.enum(paymentMethods),
  installments: z.int().min(1),
  amount: money,
  status: z.enum(paymentStatuses),
  order_total: money.nullable().optional(),
  ordered_at: instant.nullable().optional(),
  /** When it was tried; where it is not told, when it was written. */
  attempted_at: instant.nullable().optional(),
  created_at: instant,
  ...traces,
  decision: z.enum(fraudDecisions).nullable().optional(),
  decision_basis: z.enum(decisionBases).nullable().optional(),
  decision_score: probability.nullable().optional(),
});

export const orderAdjustmentRecord = insertOf('order_adjustments', {
  order_id: rowId,
  customer_id: rowId.nullable().optional(),
  kind: shortText,
  product_id: rowId.nullable().optional(),
  category_id: rowId.nullable().optional(),
  seller_id: rowId.nullable().optional(),
  quantity: z.int().min(1).nullable().optional(),
  method: z.enum(paymentMethods).nullable().optional(),
  amount: money,
  occurred_at: instant,
});

export const orderReviewRecord = insertOf('order_reviews', {
  order_id: rowId,
  customer_id: rowId,
  verdict: z.enum(reviewVerdicts),
  source: z.enum(reviewSources),
  reviewed_at: instant,
  ordered_at: instant.nullable().optional(),
  order_total: money.nullable().optional(),
  card_fingerprint: shortText,
  ...traces,
});
