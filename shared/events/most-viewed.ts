import { z } from 'zod';

const count = z.number().int();

/** Data of an insight of type `most-viewed`: the products that were looked at most in one window. */
export const mostViewedDataSchema = z.object({
  /** Views of all products. */
  views: count,
  /** How many different products were viewed. */
  distinctProducts: count,
  /** By views, falling; of equal ones the lower product id stands first. */
  products: z.array(z.object({ productId: z.number().int(), views: count })),
});

export type MostViewedData = z.infer<typeof mostViewedDataSchema>;
