import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const entity = 'customer';
const clicks = series({ source: 'click', entity });
const ofType = (type: string) =>
  series({ source: 'click', entity, where: { field: 'type', equals: type } });
const views = ofType('view');
const orders = series({ source: 'order', entity });
const items = series({ source: 'item', entity });

/** What the customer looked at, as far as consent allows to know, and what they bought. */
export const customerFeatures: readonly Feature[] = [
  ...views.count('customer_views', ['1h', '1d', '7d'], 'Products the customer opened'),
  ...ofType('cart').count(
    'customer_carts',
    ['1d', '7d'],
    'Products the customer put into the cart',
  ),
  ...ofType('remove').count('customer_removals', ['7d'], 'Products the customer took out again'),
  ...ofType('wishlist').count('customer_wishes', ['7d'], 'Products the customer wished for'),
  ...clicks.distinct('customer_sessions', 'session', ['7d'], 'Sessions of the customer'),
  ...views.distinct(
    'customer_viewed_categories',
    'category',
    ['7d'],
    'Categories the customer looked at',
  ),
  clicks.sinceLast(
    'customer_last_click_seconds',
    'second',
    'Seconds since the customer’s last click',
  ),
  ...orders.count('customer_orders', ['1d', '28d'], 'Orders of the customer'),
  ...orders.mean(
    'customer_mean_total',
    'totalCents',
    ['28d'],
    'Mean value of the customer’s orders',
  ),
  ...items.sum('customer_pieces', 'quantity', ['28d'], 'Pieces the customer bought'),
  ...items.mean(
    'customer_mean_price',
    'unitPriceCents',
    ['28d'],
    'Mean price of a piece the customer bought',
  ),
  ...items.distinct(
    'customer_categories',
    'category',
    ['28d'],
    'Categories the customer bought from',
  ),
  ...items.distinct('customer_sellers', 'seller', ['28d'], 'Sellers the customer bought from'),
  {
    of: 'ratio',
    name: 'customer_carts_to_views',
    meaning: 'Products put into the cart for each one opened in 7 days',
    left: 'customer_carts_7d',
    right: 'customer_views_7d',
  },
  {
    of: 'ratio',
    name: 'customer_orders_to_carts',
    meaning: 'Orders of 28 days for each product put into the cart in 7',
    left: 'customer_orders_28d',
    right: 'customer_carts_7d',
  },
];
