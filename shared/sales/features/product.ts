import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const items = series({ source: 'item', entity: 'product' });

/** How the product sells. */
export const productFeatures: readonly Feature[] = [
  ...items.sum('product_pieces', 'quantity', ['1h', '28d'], 'Pieces of the product sold'),
  ...items.count('product_lines', ['28d'], 'Lines of orders with the product'),
];
