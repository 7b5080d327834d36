import type { FraudCase } from '../events/fraud-case.ts';
import type { FeatureEvent, FeatureVector } from '../features/feature.ts';
import { type Decision, graver, isDecision } from './decision.ts';
import { fraudJob } from './fraud-job.ts';
import type { RememberedCase } from './fraud-state.ts';
import type { FraudRule } from './rule.ts';
import type { Scored } from './score-point.ts';

export type RuleHit = FraudCase['ruleHits'][number];

/** An order or payment as it was judged. */
interface JudgedPoint {
  readonly event: FeatureEvent;
  readonly vector: FeatureVector;
  /** Undefined where there is no model. */
  readonly scored: Scored | undefined;
  readonly hits: readonly RuleHit[];
}

/** What to remember of a case, and what to tell of it. */
interface CaseChange {
  readonly remembered: RememberedCase;
  readonly told: FraudCase;
}

/**
 * The case after an order or a payment. Of one that is heard of after a later one only the rules'
 * findings are added.
 */
export function caseAfterPoint(
  before: RememberedCase | undefined,
  { event, vector, scored, hits }: JudgedPoint,
  rules: readonly FraudRule[],
): CaseChange {
  const { atMs } = event;
  const judged = before?.judged;
  const isLatest = (judged?.atMs ?? Number.NEGATIVE_INFINITY) <= atMs;
  const ruleHits = mergeHits(before?.ruleHits ?? [], hits);
  const known = isLatest || !before ? undefined : before;
  const byModel = isLatest ? scored?.decision : judged?.byModel;
  const next = {
    ...subjectOf(event),
    atMs: known?.atMs ?? Math.max(atMs, before?.atMs ?? atMs),
    at: known?.at ?? (event.source === 'payment' ? 'payment' : 'order'),
    score: known ? known.score : (scored?.score ?? null),
    modelVersion: known ? known.modelVersion : (scored?.version ?? null),
    reasons: known ? known.reasons : [...(scored?.reasons ?? [])],
    ...decide(byModel ?? undefined, ruleHits, rules),
    ruleHits,
    checkout: (known ? undefined : checkoutOf(event)) ?? before?.checkout ?? null,
    review: before?.review ?? null,
  } as const;
  return {
    remembered: {
      ...next,
      judged: isLatest ? { atMs, byModel: byModel ?? null } : (judged ?? null),
      revision: nextRevision(before, event),
    },
    told: { ...next, features: withoutZeros(vector), committedAtMs: committedAtMsOf(event) },
  };
}

/** The case after a verdict; undefined where a later one is known. */
export function caseAfterReview(
  before: RememberedCase | undefined,
  event: FeatureEvent,
): CaseChange | undefined {
  const { atMs, values } = event;
  if (before?.review && before.review.atMs > atMs) return undefined;
  const unjudged = {
    ...subjectOf(event),
    score: null,
    modelVersion: null,
    decision: 'allow',
    decidedBy: 'default',
    reasons: [],
    ruleHits: [],
    checkout: null,
    judged: null,
    revision: 0,
  } satisfies Partial<RememberedCase>;
  const { judged, revision: _, ...known } = before ?? unjudged;
  const next = {
    ...known,
    atMs,
    at: 'review',
    review: {
      verdict: values['verdict'] === 'fraud' ? 'fraud' : 'legitimate',
      source: reviewSourceOf(values['source']),
      atMs,
    },
  } as const;
  return {
    remembered: { ...next, judged, revision: nextRevision(before, event) },
    told: { ...next, features: null, committedAtMs: committedAtMsOf(event) },
  };
}

/** More than an order has events before it is forgotten. */
const revisionsMax = 1_000;

/**
 * An order that was forgotten, and is heard of again, goes on above every revision that was told of
 * it: a bank may complain months later.
 */
function nextRevision(before: RememberedCase | undefined, event: FeatureEvent): number {
  if (before) return before.revision + 1;
  const ageMs = event.atMs - subjectOf(event).orderedAtMs;
  return 1 + revisionsMax * Math.max(0, Math.floor(ageMs / fraudJob.stateTtlMs));
}

/** A third of the record, which every order pays for: most features are 0 most of the time. */
function withoutZeros(vector: FeatureVector): Record<string, number | null> {
  const told: Record<string, number | null> = {};
  for (const name in vector) {
    const value = vector[name];
    if (value !== undefined && value !== 0) told[name] = value;
  }
  return told;
}

/** The model's decision, or what rules ask for where that holds back more. */
function decide(
  byModel: Decision | undefined,
  hits: readonly RuleHit[],
  rules: readonly FraudRule[],
): Pick<FraudCase, 'decision' | 'decidedBy'> {
  const found = new Set(hits.flatMap(({ rule, mode }) => (mode === 'live' ? [rule] : [])));
  const byRules = rules
    .filter(({ name, mode }) => mode === 'live' && found.has(name))
    .reduce<Decision>((gravest, rule) => graver(gravest, rule.decision ?? 'allow'), 'allow');
  if (byModel === undefined) return { decision: byRules, decidedBy: 'rules' };
  return graver(byModel, byRules) === byModel
    ? { decision: byModel, decidedBy: 'model' }
    : { decision: byRules, decidedBy: 'rules' };
}

/** Of each rule what it found last, in the order in which they found anything first. */
function mergeHits(before: readonly RuleHit[], hits: readonly RuleHit[]): RuleHit[] {
  const byRule = new Map(before.map((hit) => [hit.rule, hit]));
  for (const hit of hits) byRule.set(hit.rule, hit);
  return [...byRule.values()];
}

function subjectOf({ atMs, entities, values }: FeatureEvent) {
  const { order: orderId = '', customer: customerId = '' } = entities;
  return {
    orderId,
    customerId,
    orderedAtMs: numberOf(values['orderedAtMs']) ?? atMs,
    totalCents: numberOf(values['totalCents']) ?? 0,
  };
}

function checkoutOf({ atMs, values }: FeatureEvent): FraudCase['checkout'] | undefined {
  const { decision, decisionBasis: basis, decisionScore } = values;
  if (!isDecision(decision)) return undefined;
  const score = numberOf(decisionScore);
  return {
    decision,
    basis: basis === 'model' || basis === 'rules' ? basis : 'default',
    score,
    atMs,
  };
}

function reviewSourceOf(source: unknown): 'operator' | 'chargeback' | 'import' {
  return source === 'chargeback' || source === 'import' ? source : 'operator';
}

function committedAtMsOf({ values }: FeatureEvent): number | null {
  return numberOf(values['committedAtMs']);
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
