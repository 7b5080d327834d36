import type { FraudCase } from '../events/fraud-case.ts';
import type { EntityState, Feature, FeatureEvent, FeatureVector } from '../features/feature.ts';
import type { FeatureSet } from '../features/feature-set.ts';
import { evaluateRules, type FraudAlert } from './evaluate-rules.ts';
import { entityKey, type FraudState, type FraudStates, orderKey } from './fraud-state.ts';
import { caseAfterPoint, caseAfterReview } from './order-case.ts';
import type { FraudRule } from './rule.ts';
import { type ScoringModel, scorePoint } from './score-point.ts';

/** By what orders are judged. */
export interface Judging {
  readonly features: FeatureSet;
  readonly rules: readonly FraudRule[];
  /** Undefined: rules alone decide. */
  readonly model: ScoringModel | undefined;
}

/** What follows from an event. */
export interface Judgement {
  /** The states that it changed, by key. */
  readonly states: FraudStates;
  /** The features, where the event is an order or a payment. */
  readonly vector: FeatureVector | undefined;
  readonly alerts: readonly FraudAlert[];
  /** The order's case in the revision that this event made; undefined where it made none. */
  readonly case: { readonly revision: number; readonly data: FraudCase } | undefined;
}

/** The keys of the states that {@link judge} looks at and changes. */
export function judgeKeys(event: FeatureEvent, { features, rules }: Judging): readonly string[] {
  const keys = new Set(features.keys(event));
  const ofOrder = orderKey(event);
  if (ofOrder !== undefined) keys.add(ofOrder);
  if (features.points.includes(event.source)) {
    for (const { entity } of rules) {
      const id = event.entities[entity];
      if (id !== undefined) keys.add(entityKey(entity, id));
    }
  }
  return [...keys];
}

/**
 * Takes an event into what is remembered of its entities, and where it is an order or a payment says
 * what to think of the order. Pure: the job, the checkout and the backtest decide by it alike.
 *
 * @param states what is remembered of {@link judgeKeys}; new entities are missing.
 */
export function judge(event: FeatureEvent, states: FraudStates, judging: Judging): Judgement {
  const { features, rules, model } = judging;
  const changed = new Map<string, FraudState>();
  const change = (key: string, by: FraudState): void => {
    changed.set(key, { ...(changed.get(key) ?? states.get(key)), ...by });
  };

  const { states: remembered, vector } = features.take(event, featureStates(states));
  for (const [key, f] of remembered) change(key, { f });
  const ofOrder = orderKey(event);
  const before = ofOrder === undefined ? undefined : states.get(ofOrder);
  if (ofOrder !== undefined) {
    const { source } = event;
    change(ofOrder, { n: { ...before?.n, [source]: (before?.n?.[source] ?? 0) + 1 } });
  }
  if (vector === undefined) {
    const changeOfCase = event.source === 'review' ? caseAfterReview(before?.c, event) : undefined;
    return { ...tell(changeOfCase), vector, alerts: [] };
  }

  const meanings = meaningsOf(features);
  const scored = model && scorePoint(model, vector, meanings);
  const point = { event, vector, scored };
  const { hits, alerts, alerted } = evaluateRules(point, states, rules, meanings);
  for (const [key, names] of alerted) {
    const last = { ...states.get(key)?.a };
    for (const name of names) last[name] = event.atMs;
    change(key, { a: last });
  }
  return { ...tell(caseAfterPoint(before?.c, { ...point, hits }, rules)), vector, alerts };

  function tell(
    changeOfCase: ReturnType<typeof caseAfterReview>,
  ): Pick<Judgement, 'states' | 'case'> {
    if (changeOfCase === undefined || ofOrder === undefined)
      return { states: changed, case: undefined };
    const { remembered: c, told } = changeOfCase;
    change(ofOrder, { c });
    return { states: changed, case: { revision: c.revision, data: told } };
  }
}

function featureStates(states: FraudStates): ReadonlyMap<string, EntityState> {
  const ofFeatures = new Map<string, EntityState>();
  for (const [key, { f }] of states) if (f !== undefined) ofFeatures.set(key, f);
  return ofFeatures;
}

const meaningsBySet = new WeakMap<FeatureSet, ReadonlyMap<string, Feature>>();

function meaningsOf(features: FeatureSet): ReadonlyMap<string, Feature> {
  const known = meaningsBySet.get(features);
  if (known) return known;
  const made = new Map(features.features.map((feature) => [feature.name, feature]));
  meaningsBySet.set(features, made);
  return made;
}
