import { z } from 'zod';
import { paymentMethods } from '../shop/payment-methods.ts';

const count = z.number().int();
const cents = z.number().int();

/** What order items of one category were worth, and what was given back of it. */
const category = z.object({
  /** Null for items without one, and for what is given back of an order as a whole. */
  categoryId: z.number().int().nullable(),
  /** Order items. */
  lines: count,
  /** Pieces. */
  items: count,
  grossCents: cents,
  /** Pieces given back. */
  returnedItems: count,
  refundedCents: cents,
  netCents: cents,
});

/** What was paid in one way, and what was given back of orders that were paid so. */
const method = z.object({
  /** Null for orders that nobody had paid: cancelled or expired. */
  method: z.enum(paymentMethods).nullable(),
  /** Payments that were approved. */
  payments: count,
  paidCents: cents,
  declinedPayments: count,
  refundedCents: cents,
});

/** Data of an insight of type `revenue`: one window. Money in integer cents. */
export const revenueDataSchema = z.object({
  /** Orders worth anything. */
  orders: count,
  /** Pieces. */
  items: count,
  /** Value of the orders placed. */
  grossCents: cents,
  /** Refunds, cancellations and expiries that happened in the window, of whenever their orders. */
  refundedCents: cents,
  netCents: cents,
  averageOrderCents: cents.nullable(),
  /** Order items; absent in results from before they were counted, as all that follow. */
  lines: count.optional(),
  /** Refunds, cancellations and expiries: one for each line given back, or one for a whole order. */
  adjustedLines: count.optional(),
  /** By gross value, falling; of equal ones the lower category id, then what has none. */
  categories: z.array(category).optional(),
  /** By what was paid, falling; of equal ones in the order of the alphabet, then what has none. */
  methods: z.array(method).optional(),
});

export type RevenueData = z.infer<typeof revenueDataSchema>;
export type RevenueOfCategory = z.infer<typeof category>;
export type RevenueOfMethod = z.infer<typeof method>;
