import type { Settings } from '../../config/settings.ts';
import { amountText } from '../amount-text.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** An order of at least a set value is worth a look before it is shipped: one alert per order. */
export function highValueOrder(settings: Settings) {
  return fraudRule({
    name: 'high-value-order',
    version: 1,
    severity: 'warning',
    mode: 'live',
    on: ['order'],
    title: 'High-value order',
    entity: 'order',
    windowMs: 24 * 3_600_000,
    reads: ['order_total_cents'],
    parameters: { thresholdCents: settings.highOrderValueCents, criticalFrom: 2 },
    when: ({ order_total_cents: cents }, _, { thresholdCents }) => atLeast(cents, thresholdCents),
    reason: ({ order_total_cents: cents }, { entities }, { thresholdCents }) =>
      `Order ${entities['order']} is worth ${amountText(cents ?? 0)}; the threshold is ${amountText(thresholdCents)}`,
    isCritical: ({ order_total_cents: cents }, _, { thresholdCents, criticalFrom }) =>
      atLeast(cents, criticalFrom * thresholdCents),
  });
}
