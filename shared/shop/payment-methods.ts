/** How an order can be paid; the names are those of the column `payments.method`. */
export const paymentMethods = [
  'credit_card',
  'debit_card',
  'paypal',
  'pix',
  'bank_slip',
  'digital_wallet',
  'cash_on_delivery',
] as const;

export type PaymentMethod = (typeof paymentMethods)[number];
