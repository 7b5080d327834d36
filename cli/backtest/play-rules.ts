import type { FeatureEvent } from '../../shared/features/feature.ts';
import type { FraudState } from '../../shared/fraud/fraud-state.ts';
import { type Judging, judge, judgeKeys } from '../../shared/fraud/judge.ts';
import type { RuleHit } from '../../shared/fraud/order-case.ts';
import type { FraudRule } from '../../shared/fraud/rule.ts';
import type { Span } from '../replay/lake-queries.ts';

/** An order of the tested time, and what was found about it. */
export interface PlayedOrder {
  readonly orderId: string;
  readonly orderedAtMs: number;
  /** The latest of each rule that hit, by name: rules that are tested, and those of the shop. */
  readonly tested: ReadonlyMap<string, RuleHit>;
  readonly live: ReadonlySet<string>;
}

/** What a history made of rules. */
export interface PlayedRules {
  readonly events: number;
  readonly orders: readonly PlayedOrder[];
  /** When each tested rule would have alerted, by its name. */
  readonly alertsMs: ReadonlyMap<string, readonly number[]>;
}

/** Tested rules stand beside the shop's own, which may have the same names. */
const testedMark = 'tested ';

/**
 * Plays a history through what judges orders, with the tested rules beside the shop's.
 *
 * @param judging of the shop.
 * @param parts events in order of time, from before the tested time on.
 * @param stateTtlMs as the job declares it.
 * @throws Error that names the event at which a rule fails.
 */
export async function playRules(
  judging: Judging,
  rules: readonly FraudRule[],
  parts: AsyncIterable<readonly FeatureEvent[]>,
  { fromMs, toMs }: Span,
  stateTtlMs: number,
): Promise<PlayedRules> {
  const tested = rules.map((rule): FraudRule => {
    return { ...rule, name: testedMark + rule.name, mode: 'live' };
  });
  const both = { ...judging, rules: [...judging.rules, ...tested] };
  const memory = new Map<string, { readonly atMs: number; readonly state: FraudState }>();
  const orders = new Map<string, PlayedOrder>();
  const alertsMs = new Map(rules.map(({ name }): [string, number[]] => [name, []]));
  let events = 0;

  function take(event: FeatureEvent): void {
    const { atMs } = event;
    const states = new Map<string, FraudState>();
    for (const key of judgeKeys(event, both)) {
      const known = memory.get(key);
      if (known && atMs - known.atMs <= stateTtlMs) states.set(key, known.state);
    }
    const judgement = judge(event, states, both);
    for (const [key, state] of judgement.states) {
      memory.set(key, { atMs: Math.max(atMs, memory.get(key)?.atMs ?? atMs), state });
    }
    for (const { data } of judgement.alerts) {
      if (atMs >= fromMs && atMs < toMs) alertsMs.get(untested(data.rule))?.push(atMs);
    }
    const told = judgement.case?.data;
    if (!told || told.orderedAtMs < fromMs || told.orderedAtMs >= toMs) return;
    const { orderId, orderedAtMs, ruleHits } = told;
    orders.set(orderId, {
      orderId,
      orderedAtMs,
      tested: new Map(
        ruleHits
          .filter(({ rule }) => rule.startsWith(testedMark))
          .map((hit) => [untested(hit.rule), hit]),
      ),
      live: new Set(
        ruleHits
          .filter(({ rule, mode }) => mode === 'live' && !rule.startsWith(testedMark))
          .map(({ rule }) => rule),
      ),
    });
  }

  for await (const part of parts) {
    events += part.length;
    for (const event of part) {
      try {
        take(event);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`Cannot test rules: ${reason}: received ${event.source} ${event.id}`, {
          cause,
        });
      }
    }
  }
  return { events, orders: [...orders.values()], alertsMs };
}

function untested(name: string): string {
  return name.startsWith(testedMark) ? name.slice(testedMark.length) : '';
}
