import type { Caller } from '../../../shared/auth/token.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import { processPayment } from '../../../shared/shop/payment-processor.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { insertPayment } from '../queries/orders.ts';
import type { NewPayment } from '../schemas/payment.ts';
import { lockedOrder, refuseOtherThan } from './locked-order.ts';

interface PaymentRequest {
  readonly orderId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly payment: NewPayment;
  /** A new id under which the payment processor knows the payment. */
  readonly transactionId: string;
}

/**
 * Pays an order's total; approved, the order is a paid one. A declined payment is kept as well, and
 * the order waits for another.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that is not waiting for a payment.
 */
export async function pay(
  database: Database,
  { orderId, caller, time, payment, transactionId }: PaymentRequest,
) {
  const cardNumber = 'card' in payment ? payment.card.number : undefined;
  const installments = 'installments' in payment ? payment.installments : 1;
  return database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, time);
    refuseOtherThan(['pending'], order, 'The order is not waiting for a payment');
    const status = processPayment({
      method: payment.method,
      ...(cardNumber === undefined ? {} : { cardNumber }),
    });
    const params = [orderId, payment.method, installments, status, transactionId];
    const told = [cardNumber ?? null, time.at, time.isBackfill];
    const made = await queries.row(insertPayment, [...params, ...told]);
    if (made === undefined) throw new Error(`Cannot pay order ${orderId}: no row`);
    return made;
  });
}
