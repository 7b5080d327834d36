import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const orders = series({ source: 'order', entity: 'amount' });

/** Orders of exactly the same value to the same country. */
export const amountFeatures: readonly Feature[] = [
  ...orders.count('amount_orders', ['10m', '1h'], 'Orders of this value to this country'),
  ...orders.distinct(
    'amount_customers',
    'customer',
    ['1h', '1d'],
    'Customers with orders of this value to this country',
  ),
  ...orders.distinct(
    'amount_devices',
    'device',
    ['1h'],
    'Devices with orders of this value to this country',
  ),
];
