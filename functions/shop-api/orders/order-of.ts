import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { onlyCustomer, seesDecisions } from '../access.ts';
import { readOrder } from '../queries/orders.ts';

/**
 * An order as the API shows it.
 *
 * @throws Refusal 404 for an order that is not there or not the caller's.
 */
export async function orderOf(queries: Queries, id: number, caller: Caller) {
  const found = await queries.row(readOrder, [id, onlyCustomer(caller)]);
  if (found === undefined) throw new Refusal(404, 'No such order');
  if (!seesDecisions(caller)) {
    const { review: _, payments, ...seen } = found;
    return { ...seen, payments: payments.map(withoutDecision) };
  }
  // A reason is free text, in which someone may be named.
  if (caller.role !== 'analyst') return found;
  return { ...found, adjustments: found.adjustments.map((each) => ({ ...each, reason: null })) };
}

/** A payment as a shopper sees it. */
export function withoutDecision<Payment extends { readonly fraud: unknown }>(
  payment: Payment,
): Omit<Payment, 'fraud'> {
  const { fraud: _, ...seen } = payment;
  return seen;
}
