import { z } from 'zod';

const cents = z.number().int();

/** Data of an insight of type `revenue`: one window. Money in integer cents. */
export const revenueDataSchema = z.object({
  orders: z.number().int(),
  items: z.number().int(),
  /** Value of the orders placed. */
  grossCents: cents,
  /** Refunds, cancellations and expiries that happened in the window, of whenever their orders. */
  refundedCents: cents,
  netCents: cents,
  averageOrderCents: cents.nullable(),
});

export type RevenueData = z.infer<typeof revenueDataSchema>;
