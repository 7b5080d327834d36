import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isDeclined, isFraud } from './conditions.ts';

const entity = 'device';
const orders = series({ source: 'order', entity });
const payments = series({ source: 'payment', entity });
const declined = series({ source: 'payment', entity, where: isDeclined, before: true });
const confirmed = series({ source: 'review', entity, where: isFraud });

/** The history of the device, whoever used it. */
export const deviceFeatures: readonly Feature[] = [
  ...orders.count('device_orders', ['5m', '1h', '1d', '7d'], 'Orders from the device'),
  ...orders.sum('device_total', 'totalCents', ['1d'], 'Value of the orders from the device'),
  ...orders.distinct(
    'device_customers',
    'customer',
    ['1h', '7d', '30d'],
    'Customers who ordered from the device',
  ),
  ...orders.distinct(
    'device_addresses',
    'address',
    ['7d'],
    'Addresses that orders from the device went to',
  ),
  ...payments.distinct('device_cards', 'card', ['1d', '30d'], 'Cards used on the device'),
  ...declined.count(
    'device_declined',
    ['1h', '1d'],
    'Earlier payments from the device that were declined',
  ),
  orders.sinceFirst(
    'device_age_minutes',
    'minute',
    'Minutes since the first order from the device',
  ),
  orders.differs(
    'device_customer_differs',
    'customer',
    'Used by another customer than for the device’s order before',
  ),
  ...confirmed.count('device_fraud', ['30d'], 'Orders from the device found to be fraud'),
];
