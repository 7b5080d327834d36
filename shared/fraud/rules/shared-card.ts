import type { Settings } from '../../config/settings.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** Several accounts pay with one card. */
export function sharedCard(settings: Settings) {
  return fraudRule({
    name: 'shared-card',
    version: 1,
    severity: 'warning',
    mode: 'live',
    decision: 'review',
    on: ['payment'],
    title: 'Card of several accounts',
    entity: 'card',
    windowMs: 24 * 3_600_000,
    reads: ['card_customers_30d'],
    parameters: { customersMin: settings.sharedCardCustomersMin },
    when: ({ card_customers_30d: customers }, _, { customersMin }) =>
      atLeast(customers, customersMin),
    reason: ({ card_customers_30d: customers }, { entities }) =>
      `${customers} customers paid with the card of order ${entities['order']} in 30 days`,
  });
}
