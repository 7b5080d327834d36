import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Caller } from '../../../shared/auth/token.ts';
import { toCents } from '../../../shared/changes/cents.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import {
  bookAdjustments,
  readRests,
  type ShopTime,
} from '../../../shared/shop/orders/book-adjustments.ts';
import { giveBackSome } from '../../../shared/shop/orders/give-back.ts';
import type { adjustmentRow } from '../../../shared/shop/orders/statements.ts';
import type { Database } from '../../../shared/sql/database.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { findRefund, readPayment, setRefunded } from '../queries/order-life.ts';
import type { newRefund } from '../schemas/adjustment.ts';
import { lockedOrder, refuseOtherThan } from './locked-order.ts';

interface RefundRequest {
  readonly orderId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly refund: z.output<typeof newRefund>;
  readonly idempotencyKey: string;
}

interface Refunded {
  readonly adjustments: readonly z.output<typeof adjustmentRow>[];
  /** Whether an earlier request with the same key had given it back. */
  readonly repeated: boolean;
}

/**
 * Gives money of a paid order back, and where it is asked for its pieces into stock: once per
 * idempotency key, never more than was paid and not yet given back.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that was not paid or is cancelled, 422 with
 *   every rule that the refund breaks, or for a key that was used for another refund of the order.
 */
export async function refund(database: Database, request: RefundRequest): Promise<Refunded> {
  const hash = createHash('sha256').update(JSON.stringify(request.refund)).digest('hex');
  return database.transaction((queries) => giveBack(queries, request, hash));
}

async function giveBack(
  queries: Queries,
  { orderId, caller, time, refund: wanted, idempotencyKey }: RefundRequest,
  hash: string,
): Promise<Refunded> {
  const order = await lockedOrder(queries, orderId, caller, time);
  const earlier = await queries.rows(findRefund, [orderId, idempotencyKey]);
  if (earlier.length > 0) {
    if (earlier.every(({ requestHash }) => requestHash === hash)) {
      return { adjustments: earlier, repeated: true };
    }
    throw new Refusal(422, 'The idempotency key was used for another refund', {
      errors: [{ field: 'idempotency-key', reason: 'Must be new for each refund of an order' }],
    });
  }
  const paid = ['paid', 'shipped', 'delivered', 'completed'] as const;
  refuseOtherThan(paid, order, 'The order has nothing to refund');
  const [rest] = await readRests(queries, [orderId]);
  const payment = await queries.row(readPayment, [orderId]);
  const leftCents = payment === undefined || rest === undefined ? 0 : rest.leftCents;
  const { lines, amount, restock, reason } = wanted;
  const { given, breaches } = giveBackSome(
    { ...(lines && { lines }), ...(amount !== undefined && { amountCents: toCents(amount) }) },
    rest?.lines ?? [],
    leftCents,
  );
  if (breaches.length > 0) {
    throw new Refusal(422, 'The refund breaks rules', { errors: breaches });
  }
  const adjustments = await bookAdjustments(queries, {
    kind: 'refund',
    orders: [{ orderId, given, time }],
    restock,
    reason,
    request: { idempotencyKey, hash },
  });
  const givenCents = given.reduce((sum, { amountCents }) => sum + amountCents, 0);
  if (givenCents === leftCents) await queries.rows(setRefunded, [orderId]);
  return { adjustments, repeated: false };
}
