import { atLeast, fraudRule } from '../rule.ts';

const characteristics = [
  ['amount_customers_1h', 'amount'],
  ['address_customers_1h', 'address'],
  ['card_customers_1h', 'card'],
  ['device_customers_1h', 'device'],
  ['email_customers_1h', 'mailbox'],
] as const;

type Shared = (typeof characteristics)[number][0];

/** Accounts that have two things in common within an hour are run by one person. */
export function similarOrders() {
  return fraudRule({
    name: 'similar-orders',
    version: 1,
    severity: 'warning',
    mode: 'live',
    on: ['order', 'payment'],
    title: 'Orders alike across customers',
    entity: 'customer',
    windowMs: 3_600_000,
    reads: characteristics.map(([feature]) => feature),
    parameters: { characteristicsMin: 2, customersMin: 2 },
    when: (features, _, { characteristicsMin, customersMin }) =>
      alike(features, customersMin).length >= characteristicsMin,
    reason: (features, { entities }, { customersMin }) => {
      const words = alike(features, customersMin).map(
        ([feature, word]) => `${word} (${features[feature]} customers)`,
      );
      return `Order ${entities['order']} shares within an hour with orders of other customers: ${words.join(', ')}`;
    },
  });
}

function alike(features: Readonly<Record<Shared, number | null>>, customersMin: number) {
  return characteristics.filter(([feature]) => atLeast(features[feature], customersMin));
}
