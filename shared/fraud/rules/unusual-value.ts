import type { Settings } from '../../config/settings.ts';
import { amountText } from '../amount-text.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** Worth far more than what this customer spends: the account may be in other hands. */
export function unusualValue(settings: Settings) {
  return fraudRule({
    name: 'unusual-value',
    version: 1,
    severity: 'warning',
    mode: 'live',
    on: ['order'],
    title: 'Unusual value for this customer',
    entity: 'order',
    windowMs: 24 * 3_600_000,
    reads: [
      'order_total_cents',
      'customer_total_zscore',
      'customer_mean_total_30d',
      'customer_orders_30d',
    ],
    parameters: {
      deviations: 4,
      factor: settings.unusualValueFactor,
      // The order itself is among them; of fewer the spread says nothing.
      ordersMin: 5,
      valueMinCents: settings.unusualValueMinCents,
    },
    when: (
      {
        order_total_cents: cents,
        customer_total_zscore: zScore,
        customer_mean_total_30d: mean,
        customer_orders_30d: orders,
      },
      _,
      { deviations, factor, ordersMin, valueMinCents },
    ) =>
      atLeast(cents, valueMinCents) &&
      atLeast(orders, ordersMin) &&
      atLeast(zScore, deviations) &&
      mean !== null &&
      cents >= factor * meanOfOthers(cents, mean, orders),
    reason: (
      { order_total_cents, customer_mean_total_30d: mean, customer_orders_30d: orders },
      { entities },
    ) => {
      const cents = order_total_cents ?? 0;
      const usual = meanOfOthers(cents, mean ?? 0, orders ?? 0);
      return `Order ${entities['order']} is worth ${amountText(cents)}; the other ${(orders ?? 0) - 1} orders of customer ${entities['customer']} in 30 days came to ${amountText(usual)} on average`;
    },
  });
}

/** The mean without the order itself, which is among the orders it was taken over. */
function meanOfOthers(cents: number, mean: number, orders: number): number {
  return (mean * orders - cents) / (orders - 1);
}
