import { z } from 'zod';

const count = z.number().int();
const cents = z.number().int();
const productId = z.number().int();

/** What was sold, at the time it was ordered; nothing that was given back later is taken off. */
const sold = {
  /** Order items. */
  lines: count,
  /** Pieces. */
  quantity: count,
  revenueCents: cents,
};
const product = z.object({ productId, ...sold });

/** Data of an insight of type `top-products`: one window beside the one right before it. */
export const topProductsDataSchema = z.object({
  /** Of all products. */
  ...sold,
  /** How many different products were sold. */
  distinctProducts: count,
  /** The same of the window right before; zeros where it held nothing. */
  before: z.object(sold),
  /** Most pieces first; of equal ones the lower product id, as in every list here. */
  byQuantity: z.array(product),
  byRevenue: z.array(product),
  /** How many products had lines enough to be tested for a rising share. */
  testedProducts: count,
  /**
   * Products whose share of all lines rises against the window before, the least likely by chance
   * first.
   */
  trending: z.array(
    z.object({
      productId,
      lines: count,
      linesBefore: count,
      /** Of all lines, to a tenth. */
      sharePercent: z.number(),
      sharePercentBefore: z.number(),
      /** Fisher's exact test, one-sided: how likely such a rise is where the share is the same. */
      pValue: z.number(),
      /** How likely any of the tested products is to rise so by chance: Bonferroni's bound. */
      anyPValue: z.number(),
    }),
  ),
  /** How many categories sold anything. */
  distinctCategories: count,
  /** By revenue, falling; of equal ones the lower category id, then what has none. */
  categories: z.array(
    z.object({
      /** Null for products without one. */
      categoryId: z.number().int().nullable(),
      ...sold,
      distinctProducts: count,
      /** Of all revenue, to a tenth; null where there is none. */
      revenueSharePercent: z.number().nullable(),
      revenueCentsBefore: cents,
      /** Revenue against the window before; null where that had none. */
      revenueChangePercent: z.number().nullable(),
      /** The product of most revenue. */
      bestProductId: productId,
    }),
  ),
});

export type TopProductsData = z.infer<typeof topProductsDataSchema>;
