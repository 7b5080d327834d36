import type { Caller } from '../../../shared/auth/token.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { setStatus } from '../queries/order-life.ts';
import { lockedOrder, refuseOtherThan } from './locked-order.ts';

/**
 * Completes an order that was delivered; one that is completed already stays so.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that was not delivered.
 */
export async function complete(database: Database, orderId: number, caller: Caller): Promise<void> {
  await database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, { at: null, isBackfill: false });
    if (order.status === 'completed') return;
    refuseOtherThan(['delivered'], order, 'The order was not delivered');
    await queries.rows(setStatus, [orderId, 'completed']);
  });
}
