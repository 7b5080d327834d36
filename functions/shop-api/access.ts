import type { Caller } from '../../shared/auth/token.ts';
import { Refusal } from '../../shared/http/refusal.ts';

/** Whether a row of this customer is the caller's to see and to change. */
export function owns(caller: Caller, customerId: number): boolean {
  if (caller.role === 'shopper') return caller.customerId === customerId;
  return caller.role === 'operator' || caller.role === 'admin';
}

/** Whether a caller is told what was decided about a payment; who is held back is not told why. */
export function seesDecisions({ role }: Caller): boolean {
  return role === 'analyst' || role === 'operator' || role === 'admin';
}

/** The only customer whose rows a statement may touch, for anyone nobody; null: everyone's. */
export function onlyCustomer({ role, customerId }: Caller): number | null {
  return role === 'shopper' || role === 'anyone' ? (customerId ?? 0) : null;
}

/**
 * The customer a write is for: a shopper's own id, or the one that the body of another names.
 *
 * @throws Refusal 403 for a shopper who names someone else, 422 where nobody is named.
 */
export function customerOf(caller: Caller, named: number | undefined): number {
  const customerId = named ?? caller.customerId;
  if (customerId === undefined) {
    throw new Refusal(422, 'The body has wrong fields', {
      errors: [{ field: 'customerId', reason: 'Must be given by a caller who is no shopper' }],
    });
  }
  if (owns(caller, customerId)) return customerId;
  throw new Refusal(403, 'The token gives no right to this', {
    errors: [{ field: 'customerId', reason: 'Must be your own, or left out' }],
  });
}
