import type { Caller } from '../../../shared/auth/token.ts';
import {
  bookAdjustments,
  readRests,
  type ShopTime,
} from '../../../shared/shop/orders/book-adjustments.ts';
import { giveBackAll } from '../../../shared/shop/orders/give-back.ts';
import type { Database } from '../../../shared/sql/database.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { setCancelled } from '../queries/order-life.ts';
import { lockedOrder, refuseOtherThan } from './locked-order.ts';

interface Cancellation {
  readonly orderId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly reason?: string | undefined;
}

/**
 * Takes an order back that was not sent: pieces go back into stock, a payment is given back. Nothing
 * happens to an order that is cancelled already.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that was sent or has expired.
 */
export async function cancel(
  database: Database,
  { orderId, caller, time, reason }: Cancellation,
): Promise<void> {
  await database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, time);
    if (order.status === 'cancelled') return;
    refuseOtherThan(['pending', 'paid'], order, 'The order can no longer be cancelled');
    await giveBackOrder(queries, { orderId, time, reason });
  });
}

/** Pieces go back into stock, money back to its payer; the order is locked, and was not sent. */
export async function giveBackOrder(
  queries: Queries,
  { orderId, time, reason }: Omit<Cancellation, 'caller'>,
): Promise<void> {
  const rests = await readRests(queries, [orderId]);
  await bookAdjustments(queries, {
    kind: 'cancellation',
    orders: rests.map(({ lines, leftCents }) => ({
      orderId,
      given: giveBackAll(lines, leftCents),
      time,
    })),
    restock: true,
    reason,
  });
  await queries.rows(setCancelled, [orderId]);
}
