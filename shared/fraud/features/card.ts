import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isDeclined, isFraud } from './conditions.ts';

const entity = 'card';
const payments = series({ source: 'payment', entity });
const earlier = series({ source: 'payment', entity, before: true });
const declined = series({ source: 'payment', entity, where: isDeclined, before: true });
const confirmed = series({ source: 'review', entity, where: isFraud });

/** The history of the card, whoever used it. */
export const cardFeatures: readonly Feature[] = [
  ...payments.count(
    'card_payments',
    ['5m', '1h', '1d', '7d', '30d'],
    'Attempts to pay with the card',
  ),
  ...payments.sum(
    'card_amount',
    'amountCents',
    ['1h', '1d', '30d'],
    'What was to be paid with the card',
  ),
  ...payments.mean('card_mean_amount', 'amountCents', ['30d'], 'Mean payment with the card'),
  ...payments.distinct(
    'card_customers',
    'customer',
    ['1h', '7d', '30d'],
    'Customers who used the card',
  ),
  ...payments.distinct('card_devices', 'device', ['1d', '30d'], 'Devices the card was used on'),
  ...payments.distinct(
    'card_countries',
    'country',
    ['30d'],
    'Countries that orders paid with the card went to',
  ),
  ...declined.count(
    'card_declined',
    ['1h', '1d', '7d'],
    'Earlier payments with the card that were declined',
  ),
  ...earlier.share(
    'card_declined_share',
    isDeclined,
    ['30d'],
    'Share of earlier payments with the card that were declined',
  ),
  payments.sinceFirst('card_age_minutes', 'minute', 'Minutes since the card was first used'),
  payments.sinceLast('card_last_seconds', 'second', 'Seconds since the card was used before'),
  payments.differs(
    'card_customer_differs',
    'customer',
    'Used by another customer than the card was before',
  ),
  ...confirmed.count('card_fraud', ['30d'], 'Orders found to be fraud that the card had paid'),
  confirmed.sinceLast(
    'card_fraud_days',
    'day',
    'Days since an order that the card had paid was found to be fraud',
  ),
];
