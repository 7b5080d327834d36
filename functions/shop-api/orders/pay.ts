import type { Caller } from '../../../shared/auth/token.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import { processPayment } from '../../../shared/shop/payment-processor.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { onlyCustomer } from '../access.ts';
import { checkoutEvents } from '../fraud/checkout-events.ts';
import type { CheckoutDecision, Decide } from '../fraud/decide.ts';
import { openReview, readOrderFacts } from '../queries/fraud.ts';
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
 * the order waits for another. One that is decided to be blocked is declined without being tried; one
 * to be reviewed is made, and its order held.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that is not waiting for a payment.
 */
export async function pay(database: Database, request: PaymentRequest, decide: Decide) {
  const { orderId, caller, time, payment, transactionId } = request;
  const cardNumber = cardNumberOf(payment);
  // Asked before any row is locked. Of the past nobody is asked.
  const decided = time.isBackfill ? undefined : await decisionAbout(database, request, decide);
  return database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, time);
    refuseOtherThan(['pending'], order, 'The order is not waiting for a payment');
    const asked = { method: payment.method, ...(cardNumber !== undefined && { cardNumber }) };
    const status = decided?.decision === 'block' ? 'declined' : processPayment(asked);
    const made = await queries.row(insertPayment, [
      orderId,
      payment.method,
      'installments' in payment ? payment.installments : 1,
      status,
      transactionId,
      cardNumber ?? null,
      time.at,
      time.isBackfill,
      decided?.decision ?? null,
      decided?.basis ?? null,
      decided?.score ?? null,
    ]);
    if (made === undefined) throw new Error(`Cannot pay order ${orderId}: no row`);
    if (decided?.decision === 'review' && status === 'approved') {
      await queries.rows(openReview, [orderId]);
    }
    return made;
  });
}

/** Undefined where there is nothing to decide: no such order, not to be paid, or found legitimate. */
function decisionAbout(
  database: Database,
  { orderId, caller, payment, transactionId }: PaymentRequest,
  decide: Decide,
): Promise<CheckoutDecision | undefined> {
  return decide(async () => {
    const params = [orderId, onlyCustomer(caller), cardNumberOf(payment) ?? null];
    const facts = await database.row(readOrderFacts, params);
    if (facts?.status !== 'pending' || facts.review === 'legitimate') return undefined;
    return checkoutEvents(facts, { payment, transactionId });
  });
}

function cardNumberOf(payment: NewPayment): string | undefined {
  return 'card' in payment ? payment.card.number : undefined;
}
