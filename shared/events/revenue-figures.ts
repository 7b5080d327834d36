import { z } from 'zod';

/** What one window of the revenue job says; money in integer cents. */
export const revenueFigures = z.object({
  orders: z.int(),
  items: z.int(),
  grossCents: z.int(),
  refundedCents: z.int(),
  /** Gross minus refunded; below zero where more went back than came in. */
  netCents: z.int(),
  /** Rounded; null without orders. */
  averageOrderCents: z.int().nullable(),
});

export type RevenueFigures = z.infer<typeof revenueFigures>;
