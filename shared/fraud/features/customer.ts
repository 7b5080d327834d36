import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';
import { isDeclined, isFraud, isLegitimate, isPaid } from './conditions.ts';

const entity = 'customer';
const orders = series({ source: 'order', entity });
const items = series({ source: 'item', entity });
const payments = series({ source: 'payment', entity });
const declined = series({ source: 'payment', entity, where: isDeclined, before: true });
const paid = series({ source: 'payment', entity, where: isPaid, before: true });
const earlier = series({ source: 'payment', entity, before: true });
const adjustments = series({ source: 'adjustment', entity });
const refunds = series({
  source: 'adjustment',
  entity,
  where: { field: 'kind', equals: ['refund', 'cancellation'] },
});
const expiries = series({
  source: 'adjustment',
  entity,
  where: { field: 'kind', equals: 'expiry' },
});
const confirmed = series({ source: 'review', entity, where: isFraud });
const cleared = series({ source: 'review', entity, where: isLegitimate });

/** The history of the customer. */
export const customerFeatures: readonly Feature[] = [
  ...orders.count(
    'customer_orders',
    ['1m', '5m', '1h', '1d', '7d', '30d'],
    'Orders of the customer',
  ),
  ...orders.sum(
    'customer_total',
    'totalCents',
    ['1h', '1d', '7d', '30d'],
    'Value of the customer’s orders',
  ),
  ...orders.mean(
    'customer_mean_total',
    'totalCents',
    ['30d'],
    'Mean value of the customer’s orders',
  ),
  ...orders.max('customer_max_total', 'totalCents', ['30d'], 'Largest order of the customer'),
  orders.zScore(
    'customer_total_zscore',
    'totalCents',
    100,
    '30d',
    'Standard deviations between this order and the customer’s others of 30 days',
  ),
  orders.sinceFirst('customer_first_order_hours', 'hour', 'Hours since the customer’s first order'),
  orders.sinceLast(
    'customer_last_order_seconds',
    'second',
    'Seconds since the customer’s order before',
  ),
  orders.differs(
    'country_differs',
    'country',
    'Goes to another country than the customer’s order before',
  ),
  orders.differs(
    'customer_device_differs',
    'device',
    'Comes from another device than the customer’s order before',
  ),
  orders.differs(
    'customer_address_differs',
    'address',
    'Goes to another address than the customer’s order before',
  ),
  orders.differs(
    'customer_ip_differs',
    'ip',
    'Comes from another network address than the customer’s order before',
  ),
  ...orders.distinct(
    'customer_devices',
    'device',
    ['1d', '30d'],
    'Devices the customer ordered with',
  ),
  ...orders.distinct(
    'customer_addresses',
    'address',
    ['1d', '30d'],
    'Addresses the customer’s orders went to',
  ),
  ...orders.distinct(
    'customer_ips',
    'ip',
    ['1d', '30d'],
    'Network addresses the customer ordered from',
  ),
  ...orders.distinct(
    'customer_countries',
    'country',
    ['30d'],
    'Countries the customer’s orders went to',
  ),
  ...items.sum('customer_pieces', 'quantity', ['1d'], 'Pieces the customer ordered'),
  ...items.distinct(
    'customer_categories',
    'category',
    ['30d'],
    'Categories the customer ordered from',
  ),
  ...items.distinct('customer_sellers', 'seller', ['30d'], 'Sellers the customer ordered from'),

  ...payments.count('customer_payments', ['5m', '1h', '1d'], 'Attempts of the customer to pay'),
  ...declined.count(
    'customer_declined',
    ['1h', '1d', '7d'],
    'Earlier payments of the customer that were declined',
  ),
  ...earlier.share(
    'customer_declined_share',
    isDeclined,
    ['30d'],
    'Share of the customer’s earlier payments that were declined',
  ),
  ...payments.distinct('customer_cards', 'card', ['1d', '30d'], 'Cards the customer paid with'),
  ...payments.distinct('customer_methods', 'method', ['30d'], 'Ways the customer paid in'),
  payments.differs(
    'customer_card_differs',
    'card',
    'Paid with another card than the customer’s payment before',
  ),
  ...paid.count(
    'customer_paid_orders',
    ['30d'],
    'Earlier payments of the customer that went through',
  ),
  ...paid.mean(
    'customer_mean_paid',
    'totalCents',
    ['30d'],
    'Mean value of the customer’s orders that were paid',
  ),
  paid.zScore(
    'customer_paid_zscore',
    'totalCents',
    100,
    '30d',
    'Standard deviations between this order and the customer’s paid ones of 30 days',
  ),
  paid.differs(
    'customer_paid_country_differs',
    'country',
    'Goes to another country than the customer’s last paid order',
  ),
  paid.sinceLast(
    'customer_last_paid_hours',
    'hour',
    'Hours since the customer’s last payment that went through',
  ),
  ...adjustments.sum(
    'customer_returned_cents',
    'amountCents',
    ['30d'],
    'Value of the customer’s orders given back, cancelled or expired',
  ),
  ...refunds.count('customer_refunds', ['30d'], 'Refunds and cancellations of the customer'),
  ...expiries.count('customer_expired', ['7d'], 'Orders of the customer that nobody paid'),
  ...confirmed.count('customer_fraud', ['30d'], 'Orders of the customer found to be fraud'),
  ...cleared.count(
    'customer_legitimate',
    ['30d'],
    'Orders of the customer looked at and found to be honest',
  ),
];
