import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isDeclined, isFraud } from './conditions.ts';

const entity = 'ip';
const orders = series({ source: 'order', entity });
const payments = series({ source: 'payment', entity });
const declined = series({ source: 'payment', entity, where: isDeclined, before: true });
const confirmed = series({ source: 'review', entity, where: isFraud });

/** The history of the network address that orders come from. */
export const ipFeatures: readonly Feature[] = [
  ...orders.count('ip_orders', ['5m', '1h', '1d'], 'Orders from the network address'),
  ...orders.distinct(
    'ip_customers',
    'customer',
    ['1h', '1d', '7d'],
    'Customers who ordered from the network address',
  ),
  ...orders.distinct(
    'ip_countries',
    'country',
    ['7d'],
    'Countries that orders from the network address went to',
  ),
  ...payments.distinct('ip_cards', 'card', ['1d', '7d'], 'Cards used from the network address'),
  ...declined.count(
    'ip_declined',
    ['1d'],
    'Earlier payments from the network address that were declined',
  ),
  orders.sinceFirst(
    'ip_age_minutes',
    'minute',
    'Minutes since the first order from the network address',
  ),
  ...confirmed.count('ip_fraud', ['30d'], 'Orders from the network address found to be fraud'),
];
