import type { Feature } from '../../features/feature.ts';

const cards = ['credit_card', 'debit_card'];
const wallets = ['paypal', 'digital_wallet'];
const later = ['bank_slip', 'cash_on_delivery'];

/** What an order or a payment says of itself. Of a payment alone: how it is paid. */
export const pointFeatures: readonly Feature[] = [
  { of: 'value', name: 'order_total_cents', field: 'totalCents', meaning: 'Total of the order' },
  { of: 'hourOfDay', name: 'hour_of_day', meaning: 'Hour of the day in UTC' },
  { of: 'weekday', name: 'weekday', meaning: 'Day of the week, Monday is 0' },
  { of: 'hourOfDay', name: 'at_night', among: [0, 1, 2, 3, 4, 5], meaning: 'Before 6 in UTC' },
  { of: 'weekday', name: 'at_weekend', among: [5, 6], meaning: 'On Saturday or Sunday' },
  {
    of: 'elapsed',
    name: 'account_age_minutes',
    field: 'customerSinceMs',
    unit: 'minute',
    meaning: 'Minutes since the customer signed up',
  },
  {
    of: 'elapsed',
    name: 'payment_delay_seconds',
    field: 'orderedAtMs',
    unit: 'second',
    meaning: 'Seconds from the order to its payment',
  },
  { of: 'value', name: 'installments', field: 'installments', meaning: 'Instalments' },
  { of: 'value', name: 'pays_by_card', field: 'method', equals: cards, meaning: 'Paid by card' },
  {
    of: 'value',
    name: 'pays_by_credit_card',
    field: 'method',
    equals: 'credit_card',
    meaning: 'Paid by credit card',
  },
  {
    of: 'value',
    name: 'pays_by_wallet',
    field: 'method',
    equals: wallets,
    meaning: 'Paid by PayPal or a digital wallet',
  },
  {
    of: 'value',
    name: 'pays_later',
    field: 'method',
    equals: later,
    meaning: 'Paid by bank slip or on delivery',
  },
];
