import type { Decision } from '../../../shared/fraud/decision.ts';
import { type FraudState, takenOf } from '../../../shared/fraud/fraud-state.ts';
import { type Judging, judge, judgeKeys } from '../../../shared/fraud/judge.ts';
import type { KeyedStates } from '../../../shared/jobs/keyed-states.ts';
import type { DecisionBasis } from '../../../shared/shop/fraud-words.ts';
import type { CheckoutEvents } from './checkout-events.ts';

/** What the shop does about a payment, and what that rests on. */
export interface CheckoutDecision {
  readonly decision: Decision;
  readonly basis: DecisionBasis;
  /** 0 to 1; null where no model was asked. */
  readonly score: number | null;
}

export interface DeciderParts {
  /** What the fraud job remembers. */
  readonly states: KeyedStates<FraudState>;
  /** May throw: a model that cannot be read keeps nobody from paying. */
  readonly readJudging: () => Judging;
  /** What the shop does where nothing could be asked. */
  readonly fallback: Decision;
  /** A clock, in milliseconds. */
  readonly now: () => number;
  readonly tell: (decided: CheckoutDecision, tookMs: number) => void;
  readonly log: (message: string, error: Error) => void;
}

/**
 * Decides about a payment before it is made. Never fails: where anything does, the shop goes on with
 * the default, and says so.
 *
 * @param read the events; without them nobody is asked.
 */
export type Decide = (
  read: () => Promise<CheckoutEvents | undefined>,
) => Promise<CheckoutDecision | undefined>;

export function decider(parts: DeciderParts): Decide {
  const { states, readJudging, fallback, now, tell, log } = parts;
  return async (read) => {
    const startedMs = now();
    try {
      const events = await read();
      if (events === undefined) return undefined;
      const decided = await judgePayment(events, states, readJudging());
      tell(decided, now() - startedMs);
      return decided;
    } catch (error) {
      const decided = { decision: fallback, basis: 'default', score: null } as const;
      log(
        `Cannot decide about a payment, the shop goes on with "${fallback}"`,
        error instanceof Error ? error : new Error(String(error)),
      );
      tell(decided, now() - startedMs);
      return decided;
    }
  };
}

/**
 * The payment is judged as the job will judge it. What of the order has not reached the job yet is
 * taken in first; events of other orders that are still on their way are not known here.
 */
export async function judgePayment(
  { orderId, earlier, payment }: CheckoutEvents,
  states: KeyedStates<FraudState>,
  judging: Judging,
): Promise<CheckoutDecision> {
  const keys = new Set([...earlier, payment].flatMap((event) => judgeKeys(event, judging)));
  const known = new Map(await states.read([...keys]));
  const left = { ...takenOf(known, orderId) };
  for (const event of earlier) {
    const taken = left[event.source] ?? 0;
    left[event.source] = taken - 1;
    if (taken > 0) continue;
    for (const [key, state] of judge(event, known, judging).states) known.set(key, state);
  }
  const { case: judged } = judge(payment, known, judging);
  if (judged === undefined)
    throw new Error(`Cannot judge the payment of order ${orderId}: no case`);
  const { decision, decidedBy, score } = judged.data;
  return { decision, basis: decidedBy, score };
}
