import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const field = 'unitPriceCents';
/** Ten cents: sums of squares stay exact, and prices are told apart up to 100,000. */
const unit = 10;
const items = (entity: string) => series({ source: 'item', entity });

/** The price against what it can be compared with. */
export const priceFeatures: readonly Feature[] = [
  { of: 'value', name: 'price_cents', field, meaning: 'Price of a piece, in cents' },
  items('category').zScore(
    'price_zscore',
    field,
    unit,
    '28d',
    'Standard deviations between the price and those sold in the category in 28 days',
  ),
  items('seller').zScore(
    'price_zscore_seller',
    field,
    unit,
    '28d',
    'Standard deviations between the price and those the seller sold at in 28 days',
  ),
  items('season').zScore(
    'price_zscore_season',
    field,
    unit,
    '184d',
    'Standard deviations between the price and those sold in the category in this quarter of the year',
  ),
  ...series({ source: 'item', entity: 'product', before: true }).mean(
    'product_mean_price',
    field,
    ['28d'],
    'Mean price at which the product was sold before',
  ),
  {
    of: 'ratio',
    name: 'price_to_product_mean',
    meaning: 'The price as a multiple of what the product was sold at before',
    left: 'price_cents',
    right: 'product_mean_price_28d',
  },
];
