import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const source = 'item';
const entity = 'seller';
const items = series({ source, entity });

/** What the seller sells. */
export const sellerFeatures: readonly Feature[] = [
  {
    of: 'sum',
    name: 'seller_volume_last_1h',
    meaning: 'What the seller sold in 1 hour, in cents',
    ...{ source, entity },
    field: 'amountCents',
    window: '1h',
  },
  ...items.sum('seller_pieces', 'quantity', ['1h'], 'Pieces the seller sold'),
  ...items.count('seller_lines', ['1h', '28d'], 'Lines of orders the seller sold'),
];
