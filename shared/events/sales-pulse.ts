import { z } from 'zod';

const count = z.number().int();
const cents = z.number().int();
/** To a tenth; null where the window before had nothing. */
const growth = z.number().nullable();

/** A sale is a line of an order whose seller is known. */
const sold = {
  sales: count,
  /** Pieces. */
  quantity: count,
  revenueCents: cents,
  /** Orders placed. */
  orders: count,
  /** How many different sellers sold something. */
  sellers: count,
};

/** Data of an insight of type `sales-pulse`: one window beside the one right before it. */
export const salesPulseDataSchema = z.object({
  ...sold,
  /** Lines that no seller is known of: they are no sales here. */
  linesWithoutSeller: count,
  /** The same of the window right before; zeros where it held nothing. */
  before: z.object(sold),
  /** Of sales against the window before … */
  growthPercent: growth,
  /** … and of revenue. */
  revenueGrowthPercent: growth,
  /**
   * How likely so many orders or more are where orders come as often as in the window before: two
   * Poisson counts, one-sided and exact. Null where there were none to compare with.
   */
  pValue: z.number().min(0).max(1).nullable(),
  /** What a window must have before a rise in it means anything: values that reach their limits. */
  gates: z.array(
    z.object({
      /**
       * `sales`, `revenue` (in cents), `sellers`, or `timestamps`: of the sales, how many percent
       * have a sound time, one that lies neither after their commit nor too far before it.
       */
      name: z.enum(['sales', 'revenue', 'sellers', 'timestamps']),
      value: z.number(),
      limit: z.number(),
      passed: z.boolean(),
    }),
  ),
  /** All gates passed, and more sales than chance explains. */
  isSpike: z.boolean(),
  /** All of it in words. */
  insight: z.string().max(500),
});

export type SalesPulseData = z.infer<typeof salesPulseDataSchema>;
