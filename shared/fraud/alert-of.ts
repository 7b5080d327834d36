import type { AlertData } from '../events/alert.ts';
import type { Feature, FeatureEvent, FeatureVector } from '../features/feature.ts';
import { amountText } from './amount-text.ts';
import type { RuleHit } from './order-case.ts';
import type { FraudRule } from './rule.ts';
import type { Scored } from './score-point.ts';

/** What an alert is made of. */
interface AlertParts {
  readonly rule: FraudRule;
  readonly hit: RuleHit;
  readonly event: FeatureEvent;
  readonly scored: Scored | undefined;
  /** What the rule has read. */
  readonly readings: FeatureVector;
  readonly declared: ReadonlyMap<string, Feature>;
  /** Of the entity that is the cause. */
  readonly id: string;
}

const factsMax = 10;
const factNameLengthMax = 100;

/** What people are told of a hit: what, why, how sure, in which time, and where to look next. */
export function alertOf(parts: AlertParts): AlertData {
  const { rule, hit, event, scored, id } = parts;
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
    ...confidenceOf(rule, scored),
    links: [{ title: 'Case of the order', path: `/fraud/orders/${encodeURIComponent(orderId)}` }],
    facts: factsOf(parts),
  };
}

/** What was measured of the rule, or else the score; nothing is said that nobody knows. */
function confidenceOf(
  { precision }: FraudRule,
  scored: Scored | undefined,
): Pick<AlertData, 'confidence' | 'confidenceBasis'> {
  if (precision) return { confidence: precision.share, confidenceBasis: precision.basis };
  if (!scored) return {};
  return { confidence: scored.score, confidenceBasis: 'the probability of fraud by the model' };
}

function factsOf({ rule, readings, declared }: AlertParts): NonNullable<AlertData['facts']> {
  return rule.reads.slice(0, factsMax).flatMap((feature) => {
    const value = readings[feature] ?? null;
    const declaration = declared.get(feature);
    if (value === null || !declaration) return [];
    const name = declaration.meaning.slice(0, factNameLengthMax);
    return [{ name, value: isMoney(declaration) ? amountText(value) : numberText(value) }];
  });
}

const keepsUnit: ReadonlySet<Feature['of']> = new Set(['value', 'sum', 'mean', 'max', 'min']);

function isMoney(feature: Feature): boolean {
  return keepsUnit.has(feature.of) && 'field' in feature && feature.field.endsWith('Cents');
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
