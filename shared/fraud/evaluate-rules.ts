import type { AlertData } from '../events/alert.ts';
import type { Feature, FeatureEvent, FeatureVector } from '../features/feature.ts';
import { alertOf } from './alert-of.ts';
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
  declared: ReadonlyMap<string, Feature>,
): Findings {
  const hits: RuleHit[] = [];
  const alerts: FraudAlert[] = [];
  const alerted = new Map<string, string[]>();
  for (const rule of rules) {
    if (!rule.on.some((source) => source === event.source)) continue;
    const readings = readingsOf(rule, vector, scored);
    const hit = tryRule(rule, () =>
      rule.when(readings, event, rule.parameters) ? hitOf(rule, readings, event) : undefined,
    );
    if (!hit) continue;
    hits.push(hit);
    const id = event.entities[rule.entity];
    if (rule.mode !== 'live' || id === undefined) continue;
    const key = entityKey(rule.entity, id);
    const lastMs = states.get(key)?.a?.[rule.name];
    if (lastMs !== undefined && isToldOf(rule, lastMs, event.atMs)) continue;
    alerted.set(key, [...(alerted.get(key) ?? []), rule.name]);
    alerts.push({
      id: alertId(rule, id, event),
      data: alertOf({ rule, hit, event, scored, readings, declared, id }),
    });
  }
  return { hits, alerts, alerted };
}

/** @throws Error that names the rule, whatever it throws. */
function tryRule<Result>({ name }: FraudRule, evaluate: () => Result): Result {
  try {
    return evaluate();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot evaluate rule ${name}: ${reason}`, { cause });
  }
}

/**
 * Whether the last alert has told of the cause: of what is heard of late as well, which lies before
 * it, and of an order for good, because all its alerts have one id.
 */
function isToldOf({ entity, windowMs }: FraudRule, lastMs: number, atMs: number): boolean {
  return entity === 'order' || atMs - lastMs < windowMs;
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
