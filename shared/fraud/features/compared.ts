import type { Feature } from '../../features/feature.ts';

/** Features beside each other. */
export const comparedFeatures: readonly Feature[] = [
  {
    of: 'ratio',
    name: 'total_to_paid_mean',
    left: 'order_total_cents',
    right: 'customer_mean_paid_30d',
    meaning: 'The order’s value as a multiple of what the customer paid on average in 30 days',
  },
  {
    of: 'ratio',
    name: 'total_to_card_mean',
    left: 'order_total_cents',
    right: 'card_mean_amount_30d',
    meaning: 'The order’s value as a multiple of the card’s mean payment in 30 days',
  },
  {
    of: 'ratio',
    name: 'orders_day_to_month',
    left: 'customer_orders_1d',
    right: 'customer_orders_30d',
    meaning: 'Share of the customer’s orders of 30 days that fall on the last one',
  },
  {
    of: 'ratio',
    name: 'total_per_piece',
    left: 'order_total_cents',
    right: 'order_pieces_1d',
    meaning: 'The order’s value per piece',
  },
  {
    of: 'difference',
    name: 'device_younger_minutes',
    left: 'account_age_minutes',
    right: 'device_age_minutes',
    meaning: 'Minutes by which the device is newer than the account',
  },
  {
    of: 'ratio',
    name: 'carts_to_views',
    left: 'visitor_carts_1d',
    right: 'visitor_views_1d',
    meaning: 'Products put into the cart for each one opened in 1 day',
  },
];
