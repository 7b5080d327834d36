import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isDeclined } from './conditions.ts';

const entity = 'order';
const items = series({ source: 'item', entity });
const payments = series({ source: 'payment', entity });
const declined = series({ source: 'payment', entity, where: isDeclined, before: true });

/** What is in the order, and how its payment went so far. Known at the payment: items follow the order. */
export const orderFeatures: readonly Feature[] = [
  ...items.count('order_lines', ['1d'], 'Lines of the order'),
  ...items.sum('order_pieces', 'quantity', ['1d'], 'Pieces of the order'),
  ...items.max('order_max_price', 'unitPriceCents', ['1d'], 'Dearest product of the order'),
  ...items.max('order_max_quantity', 'quantity', ['1d'], 'Most pieces of one product'),
  ...items.distinct('order_categories', 'category', ['1d'], 'Categories in the order'),
  ...items.distinct('order_sellers', 'seller', ['1d'], 'Sellers in the order'),
  ...payments.count('order_attempts', ['1d'], 'Attempts to pay the order'),
  ...declined.count('order_declined', ['1d'], 'Earlier declined payments of the order'),
];
