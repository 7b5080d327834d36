import type { z } from 'zod';
import type { Caller } from '../../../shared/auth/token.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { insertReview, readLastReview } from '../queries/fraud.ts';
import type { newReview } from '../schemas/review.ts';
import { giveBackOrder } from './cancel.ts';
import { lockedOrder } from './locked-order.ts';

interface ReviewRequest {
  readonly orderId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly review: z.output<typeof newReview>;
}

/**
 * Notes what an order turned out to be. Fraud that was not sent yet is cancelled and its money given
 * back; what is legitimate can be sent. The same verdict again of the same reviewer is no news.
 *
 * @throws Refusal 404 for an unknown order.
 */
export async function review(
  database: Database,
  { orderId, caller, time, review: { verdict, source } }: ReviewRequest,
) {
  const reviewer = caller.subject ?? caller.role;
  return database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, time);
    const last = await queries.row(readLastReview, [orderId]);
    if (last?.verdict === verdict && last.source === source && last.reviewer === reviewer) {
      return { made: last, repeated: true };
    }
    const params = [orderId, verdict, source, reviewer, time.at, time.isBackfill];
    const made = await queries.row(insertReview, params);
    if (made === undefined) throw new Error(`Cannot review order ${orderId}: no row`);
    const isUnsent = order.status === 'pending' || order.status === 'paid';
    if (verdict === 'fraud' && isUnsent) await giveBackOrder(queries, { orderId, time });
    return { made, repeated: false };
  });
}
