import type { Caller } from '../../shared/auth/token.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { processPayment } from '../../shared/shop/payment-processor.ts';
import type { Database } from '../../shared/sql/database.ts';
import { onlyCustomer } from './access.ts';
import { insertPayment, lockOrder } from './queries/orders.ts';
import type { NewPayment } from './schemas/payment.ts';

/**
 * Pays an order's total; approved, the order is a paid one. A declined payment is kept as well, and
 * the order waits for another.
 *
 * @param transactionId a new id under which the payment processor knows the payment.
 * @throws Refusal 404 for an unknown order, 409 for one that is not waiting for a payment.
 */
export async function pay(
  database: Database,
  caller: Caller,
  orderId: number,
  payment: NewPayment,
  transactionId: string,
) {
  const cardNumber = 'card' in payment ? payment.card.number : undefined;
  const installments = 'installments' in payment ? payment.installments : 1;
  return database.transaction(async (queries) => {
    const order = await queries.row(lockOrder, [orderId, onlyCustomer(caller)]);
    if (order === undefined) throw new Refusal(404, 'No such order');
    if (order.status !== 'pending') {
      const detail = `It is ${order.status}.`;
      throw new Refusal(409, 'The order is not waiting for a payment', { detail });
    }
    const status = processPayment({
      method: payment.method,
      ...(cardNumber === undefined ? {} : { cardNumber }),
    });
    const params = [orderId, payment.method, installments, status, transactionId];
    const made = await queries.row(insertPayment, [...params, cardNumber ?? null]);
    if (made === undefined) throw new Error(`Cannot pay order ${orderId}: no row`);
    return made;
  });
}
