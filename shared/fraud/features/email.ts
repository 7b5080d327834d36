import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isFraud } from './conditions.ts';

const entity = 'email';
const orders = series({ source: 'order', entity });
const confirmed = series({ source: 'review', entity, where: isFraud });

/** The history of the mailbox, however its address is written. */
export const emailFeatures: readonly Feature[] = [
  ...orders.count('email_orders', ['1h', '7d'], 'Orders of the mailbox'),
  ...orders.distinct(
    'email_customers',
    'customer',
    ['1h', '30d'],
    'Accounts of the mailbox that ordered',
  ),
  ...confirmed.count('email_fraud', ['30d'], 'Orders of the mailbox found to be fraud'),
];
