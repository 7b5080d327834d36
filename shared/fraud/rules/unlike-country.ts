import { atLeast, fraudRule } from '../rule.ts';

/** Goes to another country than the customer's orders before. */
export function unlikeCountry() {
  return fraudRule({
    name: 'unlike-country',
    version: 1,
    severity: 'info',
    mode: 'live',
    on: ['order'],
    title: 'Country unlike before',
    entity: 'order',
    windowMs: 24 * 3_600_000,
    reads: ['country_differs', 'customer_orders_30d'],
    // The order itself is among them.
    parameters: { ordersMin: 3 },
    when: ({ country_differs: differs, customer_orders_30d: orders }, _, { ordersMin }) =>
      differs === 1 && atLeast(orders, ordersMin),
    reason: (_, { entities, values }) =>
      `Order ${entities['order']} goes to ${values['country'] ?? 'another country'}, unlike the order of customer ${entities['customer']} before it`,
  });
}
