import { z } from 'zod';

const count = z.number().int();

const figures = {
  views: count,
  /** Times it was put into a cart. */
  carts: count,
  /** Lines of orders … */
  purchases: count,
  /** … their pieces, and what they were worth. */
  quantity: count,
  revenueCents: z.number().int(),
  /** Purchases of a hundred views, to a tenth; null without views. */
  conversionPercent: z.number().nullable(),
};

/** Data of an insight of type `product-interest`: what was looked at and what was bought in one window. */
export const productInterestDataSchema = z.object({
  /** Of all products. */
  ...figures,
  /** How many different products were viewed, put into a cart or bought. */
  distinctProducts: count,
  /**
   * The most viewed, and every candidate for a flash sale that there is room for. By views, falling;
   * of equal ones the lower product id stands first.
   */
  products: z.array(
    z.object({
      productId: z.number().int(),
      /** As its latest click names it; null where none does. */
      category: z.string().nullable(),
      ...figures,
      /** Many looked at it and few bought it. */
      isCandidate: z.boolean(),
    }),
  ),
  /** How many candidates there are, and how many of them are not in the list. */
  candidates: count,
  candidatesLeftOut: count,
});

export type ProductInterestData = z.infer<typeof productInterestDataSchema>;
