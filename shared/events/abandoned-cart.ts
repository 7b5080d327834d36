import { z } from 'zod';
import { visitorKind } from './visit.ts';

const count = z.number().int();
const epochMs = z.number().int();

/**
 * Data of an insight of type `abandoned-cart`: a visitor has put products into the cart, has ordered
 * nothing, and has left the cart alone since.
 */
export const abandonedCartDataSchema = z.object({
  /** Pseudonym: hash of the user, or of the session where the user is not known. */
  visitor: z.string(),
  visitorKind: visitorKind.exclude(['order']),
  /** When the first of them was put in, and when the cart was touched last. */
  firstAtMs: epochMs,
  lastAtMs: epochMs,
  /** Different products that are left in the cart. */
  productsLeft: count,
  /** Those put in last stand first, of one instant the lower product id; at most 100. */
  products: z.array(
    z.object({
      productId: count,
      category: z.string().nullable(),
      addedAtMs: epochMs,
    }),
  ),
});

export type AbandonedCartData = z.infer<typeof abandonedCartDataSchema>;
