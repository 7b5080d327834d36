import type { AlertData } from '../events/alert.ts';
import type { Feature, FeatureEvent, FeatureVector } from '../features/feature.ts';
import { entityKey, type FraudStates } from './fraud-state.ts';
import type { RuleHit } from './order-case.ts';
import type { FraudRule } from './rule.ts';
import type { Scored } from './score-point.ts';

/** An alert under the id that it has however often its cause is delivered. */
export interface FraudAlert {
  readonly id: string;
  readonly data: AlertData;
}

/** What the rules make of a point. */
interface Findings {
  readonly hits: readonly RuleHit[];
  readonly alerts: readonly FraudAlert[];
  /** The entities that were alerted about, each with the rules that did. */
  readonly alerted: ReadonlyMap<string, readonly string[]>;
}

interface JudgedPoint {
  readonly event: FeatureEvent;
  readonly vector: FeatureVector;
  readonly scored: Scored | undefined;
}

const levels = { allow: 0, review: 1, block: 2 };

/** Evaluates every rule at a point; those that are live alert, once per cause and window. */
export function evaluateRules(
  { event, vector, scored }: JudgedPoint,
  states: FraudStates,
  rules: readonly FraudRule[],
  meanings: ReadonlyMap<string, Feature>,
): Findings {
  const hits: RuleHit[] = [];
  const alerts: FraudAlert[] = [];
  const alerted = new Map<string, string[]>();
  for (const rule of rules) {
    if (!rule.on.some((source) => source === event.source)) continue;
    const readings = readingsOf(rule, vector, scored);
    if (!rule.when(readings, event, rule.parameters)) continue;
    const hit = hitOf(rule, readings, event);
    hits.push(hit);
    const id = event.entities[rule.entity];
    if (rule.mode !== 'live' || id === undefined) continue;
    const key = entityKey(rule.entity, id);
    const lastMs = states.get(key)?.a?.[rule.name];
    // What is heard of late lies before the last alert, which has told of the cause.
    if (lastMs !== undefined && event.atMs - lastMs < rule.windowMs) continue;
    alerted.set(key, [...(alerted.get(key) ?? []), rule.name]);
    alerts.push({
      id: alertId(rule, id, event),
      data: alertOf({ rule, hit, event, readings, meanings, id }),
    });
  }
  return { hits, alerts, alerted };
}

/** What a rule reads, and nothing else: all features together are ten times as many. */
function readingsOf(
  { reads }: FraudRule,
  vector: FeatureVector,
  scored: Scored | undefined,
): FeatureVector {
  const readings: Record<string, number | null> = {};
  for (const name of reads) readings[name] = vector[name] ?? modelReading(name, scored);
  return readings;
}

function modelReading(name: string, scored: Scored | undefined): number | null {
  if (name === 'model_score') return scored?.score ?? null;
  if (name === 'model_decision') return scored ? levels[scored.decision] : null;
  return null;
}

/** An order is a cause of its own; another entity is one again and again. */
function alertId({ name, entity }: FraudRule, id: string, { source, id: eventId }: FeatureEvent) {
  return entity === 'order' ? `${name}|${id}` : `${name}|${id}|${source}-${eventId}`;
}

function hitOf(rule: FraudRule, readings: FeatureVector, event: FeatureEvent): RuleHit {
  const { name, version, mode, severity, parameters } = rule;
  const isCritical = rule.isCritical?.(readings, event, parameters) ?? false;
  return {
    rule: name,
    version,
    severity: isCritical ? 'critical' : severity,
    mode,
    reason: rule.reason(readings, event, parameters),
  };
}

interface AlertParts {
  readonly rule: FraudRule;
  readonly hit: RuleHit;
  readonly event: FeatureEvent;
  readonly readings: FeatureVector;
  readonly meanings: ReadonlyMap<string, Feature>;
  readonly id: string;
}

const factsMax = 10;
const factNameLengthMax = 100;

function alertOf({ rule, hit, event, readings, meanings, id }: AlertParts): AlertData {
  const { atMs, entities, values } = event;
  const orderId = entities['order'] ?? '';
  const committedAtMs = values['committedAtMs'];
  return {
    rule: rule.name,
    ruleVersion: rule.version,
    severity: hit.severity,
    title: rule.title,
    reason: hit.reason,
    orderId,
    customerId: entities['customer'] ?? '',
    totalCents: Number(values['totalCents'] ?? 0),
    atMs,
    ...(typeof committedAtMs === 'number' && { committedAtMs }),
    entity: { kind: rule.entity, id },
    window: { startMs: Math.max(0, atMs - rule.windowMs), endMs: atMs },
    ...confidenceOf(rule, readings),
    links: [{ title: 'Case of the order', path: `/fraud/orders/${encodeURIComponent(orderId)}` }],
    facts: rule.reads.slice(0, factsMax).flatMap((feature) => {
      const value = readings[feature] ?? null;
      const name = (meanings.get(feature)?.meaning ?? feature).slice(0, factNameLengthMax);
      return value === null ? [] : [{ name, value: numberText(value) }];
    }),
  };
}

function confidenceOf(
  { precision }: FraudRule,
  readings: FeatureVector,
): Pick<AlertData, 'confidence' | 'confidenceBasis'> {
  if (precision === undefined) return {};
  if (typeof precision === 'object') {
    return { confidence: precision.share, confidenceBasis: precision.basis };
  }
  const score = readings['model_score'];
  if (score === null || score === undefined) return {};
  return { confidence: score, confidenceBasis: 'the probability of fraud by the model' };
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
