import type { FraudRule } from '../../../shared/fraud/rule.ts';
import { type OrderPoint, orderOf } from './points.ts';

/**
 * How many of the live rules fire at each order, at its placing or at a payment. No model is asked:
 * a rule that goes by the score is silent.
 */
export function ruleHits(
  points: readonly OrderPoint[],
  rules: readonly FraudRule[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const live = rules.filter(({ mode }) => mode === 'live');
  const hits = new Map<string, Set<string>>();
  for (const { source, id, atMs, entities, status = null, vector } of points) {
    const event = { source, id, atMs, entities, values: { status } };
    const readings = { ...vector, model_score: null, model_decision: null };
    const orderId = orderOf({ entities, id });
    const ofOrder = hits.get(orderId) ?? new Set();
    for (const rule of live) {
      const isAsked = rule.on.some((each) => each === source);
      if (isAsked && rule.when(readings, event, rule.parameters)) ofOrder.add(rule.name);
    }
    hits.set(orderId, ofOrder);
  }
  return hits;
}
