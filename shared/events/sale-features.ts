import { z } from 'zod';
import { customerBehavior, saleFeatures } from '../sales/sale-features.ts';

const identifier = z.string().min(1).max(128);
// A feature that is declared later is not in what was told before.
const featureValue = z.number().nullable().optional();

/** The features by name; null is unknown, which is not 0. */
export const saleFeatureValues = z.object(
  Object.fromEntries(saleFeatures.features.map(({ name }) => [name, featureValue])),
);

/** The components of `customer_behavior_vector`, in the order of the declaration. */
export const customerBehaviorVector = z
  .array(z.number().nullable())
  .meta({ description: `In this order: ${customerBehavior.join(', ')}.` });

/** Data of an insight of type `sale-features`: what was known of a line of an order when it was sold. */
export const saleFeaturesSchema = z.object({
  itemId: identifier,
  orderId: identifier,
  productId: identifier,
  categoryId: identifier.nullable(),
  sellerId: identifier.nullable(),
  /** Pseudonym of the customer; null where the line does not tell. */
  customer: identifier.nullable(),
  /** When it was sold, epoch milliseconds. */
  atMs: z.number().int().min(0).max(8.64e15),
  quantity: z.number().int(),
  unitPriceCents: z.number().int(),
  features: saleFeatureValues,
});

export type SaleFeaturesData = z.infer<typeof saleFeaturesSchema>;
