import { featureSet } from '../features/feature-set.ts';
import { categoryFeatures } from './features/category.ts';
import { customerFeatures } from './features/customer.ts';
import { priceFeatures } from './features/price.ts';
import { productFeatures } from './features/product.ts';
import { sellerFeatures } from './features/seller.ts';
import { saleJob } from './sale-job.ts';
import { saleSources } from './sources.ts';

/** What is known of each line of an order when it is sold. */
export const saleFeatures = featureSet('sale-features', {
  sources: saleSources,
  points: ['item'],
  memoryMs: saleJob.stateTtlMs,
  features: [
    ...priceFeatures,
    ...sellerFeatures,
    ...categoryFeatures,
    ...productFeatures,
    ...customerFeatures,
  ],
});

/** The components of `customer_behavior_vector`, in their order. */
export const customerBehavior: readonly string[] = customerFeatures.map(({ name }) => name);
