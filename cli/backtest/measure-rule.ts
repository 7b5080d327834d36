import type { FraudRule } from '../../shared/fraud/rule.ts';
import type { PlayedOrder, PlayedRules } from './play-rules.ts';

/** What would have come of a rule. */
export interface RuleReport {
  readonly rule: string;
  readonly version: number;
  readonly orders: number;
  /** Orders that it hit. */
  readonly hits: number;
  /** Fewer than hits where one cause hits several orders within the rule's window. */
  readonly alerts: number;
  readonly days: readonly {
    readonly day: string;
    readonly hits: number;
    readonly alerts: number;
  }[];
  readonly severities: Readonly<Record<string, number>>;
  readonly examples: readonly Example[];
  /** Null: nothing is known of any order of this time. */
  readonly known: Known | null;
  readonly difference: Difference;
}

interface Example {
  readonly orderId: string;
  readonly orderedAt: string;
  readonly severity: string;
  readonly reason: string;
  /** Undefined: nobody knows. */
  readonly fraud: boolean | undefined;
}

/** What is known of orders, and how the rule stands to it. */
interface Known {
  readonly labelled: number;
  readonly fraud: number;
  readonly hitsLabelled: number;
  readonly hitsFraud: number;
  /** Of the hits of which something is known, the share that is fraud; null without any. */
  readonly precision: number | null;
  /** Of known fraud the share that was hit; null without any. */
  readonly recall: number | null;
}

/** Orders that the tested rule and the live ones disagree about. */
interface Difference {
  /** The rule of the same name, or all where there is none. */
  readonly to: readonly string[];
  readonly onlyNew: number;
  readonly onlyLive: number;
  readonly both: number;
  readonly onlyNewOrders: readonly string[];
  readonly onlyLiveOrders: readonly string[];
}

const examplesMax = 5;

/**
 * Measures a rule by what was played.
 *
 * @param fraudByOrder what is known: whether an order was fraud.
 */
export function measureRule(
  rule: FraudRule,
  { orders, alertsMs }: PlayedRules,
  live: readonly FraudRule[],
  fraudByOrder: ReadonlyMap<string, boolean>,
): RuleReport {
  const { name, version } = rule;
  const hits = orders.filter(({ tested }) => tested.has(name));
  const alerts = alertsMs.get(name) ?? [];
  const severities: Record<string, number> = {};
  for (const { tested } of hits) {
    const { severity } = tested.get(name) ?? rule;
    severities[severity] = (severities[severity] ?? 0) + 1;
  }
  return {
    rule: name,
    version,
    orders: orders.length,
    hits: hits.length,
    alerts: alerts.length,
    days: daysOf(hits, alerts),
    severities,
    examples: hits.slice(0, examplesMax).map((order) => {
      const hit = order.tested.get(name);
      return {
        orderId: order.orderId,
        orderedAt: new Date(order.orderedAtMs).toISOString(),
        severity: hit?.severity ?? rule.severity,
        reason: hit?.reason ?? '',
        fraud: fraudByOrder.get(order.orderId),
      };
    }),
    known: knownOf(orders, hits, fraudByOrder),
    difference: differenceTo(name, orders, live),
  };
}

function daysOf(hits: readonly PlayedOrder[], alertsMs: readonly number[]): RuleReport['days'] {
  const days = new Map<string, { hits: number; alerts: number }>();
  const add = (atMs: number, what: 'hits' | 'alerts'): void => {
    const day = new Date(atMs).toISOString().slice(0, 10);
    const counts = days.get(day) ?? { hits: 0, alerts: 0 };
    counts[what] += 1;
    days.set(day, counts);
  };
  for (const { orderedAtMs } of hits) add(orderedAtMs, 'hits');
  for (const atMs of alertsMs) add(atMs, 'alerts');
  return [...days]
    .map(([day, counts]) => ({ day, ...counts }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

function knownOf(
  orders: readonly PlayedOrder[],
  hits: readonly PlayedOrder[],
  fraudByOrder: ReadonlyMap<string, boolean>,
): Known | null {
  const labelsOf = (some: readonly PlayedOrder[]): readonly boolean[] =>
    some.flatMap(({ orderId }) => fraudByOrder.get(orderId) ?? []);
  const all = labelsOf(orders);
  if (all.length === 0) return null;
  const ofHits = labelsOf(hits);
  const fraud = all.filter(Boolean).length;
  const hitsFraud = ofHits.filter(Boolean).length;
  return {
    labelled: all.length,
    fraud,
    hitsLabelled: ofHits.length,
    hitsFraud,
    precision: ofHits.length === 0 ? null : hitsFraud / ofHits.length,
    recall: fraud === 0 ? null : hitsFraud / fraud,
  };
}

function differenceTo(
  name: string,
  orders: readonly PlayedOrder[],
  live: readonly FraudRule[],
): Difference {
  const names = live.filter(({ mode }) => mode === 'live').map((rule) => rule.name);
  const to = names.includes(name) ? [name] : names;
  const onlyNew: string[] = [];
  const onlyLive: string[] = [];
  let both = 0;
  for (const { orderId, tested, live: hit } of orders) {
    const isNew = tested.has(name);
    const isLive = to.some((rule) => hit.has(rule));
    if (isNew && isLive) both += 1;
    else if (isNew) onlyNew.push(orderId);
    else if (isLive) onlyLive.push(orderId);
  }
  return {
    to,
    onlyNew: onlyNew.length,
    onlyLive: onlyLive.length,
    both,
    onlyNewOrders: onlyNew.slice(0, examplesMax),
    onlyLiveOrders: onlyLive.slice(0, examplesMax),
  };
}
