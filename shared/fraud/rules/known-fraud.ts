import { atLeast, fraudRule } from '../rule.ts';

const traits = [
  ['card_fraud_30d', 'card'],
  ['device_fraud_30d', 'device'],
  ['address_fraud_30d', 'address'],
] as const;

type Confirmed = (typeof traits)[number][0];

/** A card, device or address of orders that people have confirmed as fraud. */
export function knownFraud() {
  return fraudRule({
    name: 'known-fraud',
    version: 1,
    severity: 'critical',
    mode: 'live',
    decision: 'review',
    on: ['order', 'payment'],
    title: 'Known from fraud before',
    entity: 'order',
    windowMs: 24 * 3_600_000,
    reads: traits.map(([feature]) => feature),
    parameters: { confirmedMin: 1 },
    when: (features, _, { confirmedMin }) => known(features, confirmedMin).length > 0,
    reason: (features, { entities }, { confirmedMin }) => {
      const words = known(features, confirmedMin).map(
        ([feature, word]) => `its ${word} (${features[feature]})`,
      );
      return `Order ${entities['order']} is known from orders confirmed as fraud in 30 days by ${words.join(', ')}`;
    },
  });
}

function known(features: Readonly<Record<Confirmed, number | null>>, confirmedMin: number) {
  return traits.filter(([feature]) => atLeast(features[feature], confirmedMin));
}
