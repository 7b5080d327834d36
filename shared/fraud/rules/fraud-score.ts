import { atLeast, fraudRule } from '../rule.ts';

/** The model holds the order for fraud, from its own threshold on. */
export function fraudScore() {
  return fraudRule({
    name: 'fraud-score',
    version: 1,
    severity: 'warning',
    mode: 'live',
    on: ['order', 'payment'],
    title: 'High fraud score',
    entity: 'order',
    windowMs: 24 * 3_600_000,
    reads: ['model_score', 'model_decision'],
    parameters: { review: 1, block: 2 },
    when: ({ model_decision: decision }, _, { review }) => atLeast(decision, review),
    reason: ({ model_score: score }, { entities }) =>
      `The model gives order ${entities['order']} a probability of fraud of ${((score ?? 0) * 100).toFixed(1)} %`,
    isCritical: ({ model_decision: decision }, _, { block }) => atLeast(decision, block),
  });
}
