import { z } from 'zod';
import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { onlyCustomer } from '../access.ts';
import { checkout } from '../checkout.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { pay } from '../pay.ts';
import { readOrder } from '../queries/orders.ts';
import { idText } from '../schemas/common.ts';
import { newOrder, order, orderHeaders, payment } from '../schemas/order.ts';
import { newPayment } from '../schemas/payment.ts';

const access = ['shopper', 'operator'] as const;
const ofOrder = z.object({ id: idText });

/** @param newTransactionId makes the id of a payment; never the same twice. */
export function orderRoutes(
  database: Database,
  newTransactionId: () => string,
): readonly Endpoint[] {
  async function orderOf(id: number, caller: Caller) {
    const found = await database.row(readOrder, [id, onlyCustomer(caller)]);
    if (found === undefined) throw new Refusal(404, 'No such order');
    return found;
  }

  return [
    endpoint({
      method: 'POST',
      path: '/orders',
      tag: 'orders',
      summary: 'Check a cart out',
      access,
      request: z.object({ headers: orderHeaders, body: newOrder }),
      answers: {
        200: {
          description: 'The order an earlier request with the same key placed.',
          schema: order,
        },
        201: { description: 'The new order; it waits for a payment.', schema: order },
      },
      problems: { 409: 'The cart is not open.' },
      async handle({ headers, body }, { event, caller }) {
        const { orderId, repeated } = await checkout(database, {
          order: body,
          idempotencyKey: headers['idempotency-key'],
          ip: event.requestContext.http.sourceIp,
          caller,
        });
        const location = `/orders/${orderId}`;
        const status = repeated ? 200 : 201;
        return { status, headers: { location }, body: await orderOf(orderId, caller) };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/orders/{id}',
      tag: 'orders',
      summary: 'One order with its items and payments',
      access,
      request: z.object({ params: ofOrder }),
      answers: { 200: { description: 'The order.', schema: order } },
      problems: { 404: 'No such order.' },
      handle: async ({ params }, { caller }) => ({
        status: 200,
        body: await orderOf(params.id, caller),
      }),
    }),
    endpoint({
      method: 'POST',
      path: '/orders/{id}/payments',
      tag: 'orders',
      summary: 'Pay an order; a card that ends in 0002 is declined, everything else is approved',
      access,
      request: z.object({ params: ofOrder, body: newPayment }),
      answers: {
        201: { description: 'The payment, approved or declined: see its status.', schema: payment },
      },
      problems: { 404: 'No such order.', 409: 'The order is not waiting for a payment.' },
      async handle({ params, body }, { event, caller }) {
        refuseExpired(body, event.requestContext.timeEpoch);
        const made = await pay(database, caller, params.id, body, newTransactionId());
        return { status: 201, body: made };
      },
    }),
  ];
}

/** A card is good to the end of its last month, whatever the time zone. */
function refuseExpired(body: z.output<typeof newPayment>, nowMs: number): void {
  if (!('card' in body)) return;
  const { expiryYear, expiryMonth } = body.card;
  if (Date.UTC(expiryYear, expiryMonth, 2) > nowMs) return;
  throw new Refusal(422, 'The body has wrong fields', {
    errors: [{ field: 'card.expiryMonth', reason: 'The card has expired' }],
  });
}
