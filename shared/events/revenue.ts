import { z } from 'zod';

const cents = z.number().int();

/** Data of an insight of type `revenue`: one window. Money in integer cents. */
export const revenueDataSchema = z.object({
  /** Orders worth anything. */
  orders: z.number().int(),
  /** Pieces. */
  items: z.number().int(),
  /** Value of the orders placed. */
  grossCents: cents,
  /** Refunds, cancellations and expiries that happened in the window, of whenever their orders. */
  refundedCents: cents,
  netCents: cents,
  averageOrderCents: cents.nullable(),
  /** Order items; absent in results from before they were counted, as the next. */
  lines: z.number().int().optional(),
  /** Refunds, cancellations and expiries: one for each line given back, or one for a whole order. */
  adjustedLines: z.number().int().optional(),
});

export type RevenueData = z.infer<typeof revenueDataSchema>;
