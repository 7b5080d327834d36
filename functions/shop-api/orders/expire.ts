import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import { bookExpiry } from '../../../shared/shop/orders/expire-orders.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { readDue } from '../queries/order-life.ts';
import { lockedOrder, refuseOtherThan } from './locked-order.ts';

interface Expiry {
  readonly orderId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly expiresAfterMs: number;
}

/**
 * Lets one unpaid order expire whose time is over, without waiting for the function that does so
 * every minute. Told of the past, it expires at its own time.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that is not waiting for a payment, or still
 *   may.
 */
export async function expire(
  database: Database,
  { orderId, caller, time, expiresAfterMs }: Expiry,
): Promise<void> {
  await database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, time);
    if (order.status === 'expired') return;
    const title = 'The order cannot expire';
    refuseOtherThan(['pending'], order, title);
    const due = await queries.row(readDue, [orderId, expiresAfterMs, time.at]);
    if (!due?.isDue) throw new Refusal(409, title, { detail: `It can be paid until ${due?.at}.` });
    const at = time.isBackfill ? { at: due.at, isBackfill: true } : time;
    await bookExpiry(queries, [{ id: orderId, time: at }]);
  });
}
