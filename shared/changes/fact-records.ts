import { z } from 'zod';

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
  total: money,
  ordered_at: instant,
  channel: shortText,
  shipping_country: shortText,
});

export const orderItemRecord = insertOf('order_items', {
  order_id: rowId,
  product_id: rowId,
  quantity: z.int().min(1),
  unit_price: money,
  ordered_at: instant,
});

export const orderAdjustmentRecord = insertOf('order_adjustments', {
  order_id: rowId,
  amount: money,
  occurred_at: instant,
});
