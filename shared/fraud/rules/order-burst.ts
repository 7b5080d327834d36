import type { Settings } from '../../config/settings.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** Nobody shops that fast: a card is being tried, or a script buys. */
export function orderBurst(settings: Settings) {
  return fraudRule({
    name: 'order-burst',
    version: 1,
    severity: 'warning',
    mode: 'live',
    decision: 'review',
    on: ['order'],
    title: 'Many orders within a minute',
    entity: 'customer',
    windowMs: 60_000,
    reads: ['customer_orders_1m'],
    parameters: { ordersMax: settings.orderBurstMax },
    when: ({ customer_orders_1m: orders }, _, { ordersMax }) => atLeast(orders, ordersMax + 1),
    reason: ({ customer_orders_1m: orders }, { entities }, { ordersMax }) =>
      `Customer ${entities['customer']} placed ${orders} orders within a minute; up to ${ordersMax} are nothing to wonder at`,
  });
}
