import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isFraud } from './conditions.ts';

const entity = 'address';
const orders = series({ source: 'order', entity });
const payments = series({ source: 'payment', entity });
const confirmed = series({ source: 'review', entity, where: isFraud });

/** The history of the shipping address, whoever it belongs to. */
export const addressFeatures: readonly Feature[] = [
  ...orders.count('address_orders', ['1d', '7d', '30d'], 'Orders to the address'),
  ...orders.sum('address_total', 'totalCents', ['7d'], 'Value of the orders to the address'),
  ...orders.distinct(
    'address_customers',
    'customer',
    ['1h', '7d', '30d'],
    'Customers who ordered to the address',
  ),
  ...payments.distinct('address_cards', 'card', ['30d'], 'Cards that paid orders to the address'),
  orders.sinceFirst(
    'address_age_minutes',
    'minute',
    'Minutes since the first order to the address',
  ),
  ...confirmed.count('address_fraud', ['30d'], 'Orders to the address found to be fraud'),
];
