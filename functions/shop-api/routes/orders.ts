import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { seesDecisions } from '../access.ts';
import type { Decide } from '../fraud/decide.ts';
import { checkout } from '../orders/checkout.ts';
import { orderOf, withoutDecision } from '../orders/order-of.ts';
import { pay } from '../orders/pay.ts';
import { idText } from '../schemas/common.ts';
import { newOrder, order, orderHeaders, payment } from '../schemas/order.ts';
import { newPayment } from '../schemas/payment.ts';
import { shopTime, shopTimeHeader } from '../shop-time.ts';
import { shopperIp, shopperIpHeader } from '../shopper-ip.ts';

const access = ['shopper', 'operator'] as const;
const ofOrder = z.object({ id: idText });

/**
 * @param newTransactionId makes the id of a payment; never the same twice.
 * @param decide is asked before a payment is made.
 */
export function orderRoutes(
  database: Database,
  newTransactionId: () => string,
  decide: Decide,
): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/orders',
      tag: 'orders',
      summary: 'Check a cart out',
      access,
      request: z.object({
        headers: orderHeaders.extend(shopTimeHeader).extend(shopperIpHeader),
        body: newOrder,
      }),
      answers: {
        200: {
          description: 'The order an earlier request with the same key placed.',
          schema: order,
        },
        201: { description: 'The new order; it waits for a payment.', schema: order },
      },
      problems: { 409: 'The cart is not open.' },
      async handle({ headers, body }, context) {
        const { caller } = context;
        const { orderId, repeated } = await checkout(database, {
          order: body,
          idempotencyKey: headers['idempotency-key'],
          ip: shopperIp(headers['shopper-ip'], context),
          caller,
          time: shopTime(headers['shop-time'], context),
        });
        const location = `/orders/${orderId}`;
        const status = repeated ? 200 : 201;
        return { status, headers: { location }, body: await orderOf(database, orderId, caller) };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/orders/{id}',
      tag: 'orders',
      summary: 'One order with its items, payments, shipments, and what was given back',
      access: ['shopper', 'analyst', 'operator'],
      conditional: true,
      request: z.object({ params: ofOrder }),
      answers: { 200: { description: 'The order.', schema: order } },
      problems: { 404: 'No such order.' },
      handle: async ({ params }, { caller }) => ({
        status: 200,
        body: await orderOf(database, params.id, caller),
      }),
    }),
    endpoint({
      method: 'POST',
      path: '/orders/{id}/payments',
      tag: 'orders',
      summary: 'Pay an order; a card that ends in 0002 is declined, everything else is approved',
      access,
      request: z.object({
        params: ofOrder,
        headers: z.object(shopTimeHeader),
        body: newPayment,
      }),
      answers: {
        201: { description: 'The payment, approved or declined: see its status.', schema: payment },
      },
      problems: { 404: 'No such order.', 409: 'The order is not waiting for a payment.' },
      async handle({ params, headers, body }, context) {
        const { event, caller } = context;
        const time = shopTime(headers['shop-time'], context);
        refuseExpired(
          body,
          time.at === null ? event.requestContext.timeEpoch : Date.parse(time.at),
        );
        const request = { orderId: params.id, caller, time, payment: body };
        const transactionId = newTransactionId();
        const made = await pay(database, { ...request, transactionId }, decide);
        return { status: 201, body: seesDecisions(caller) ? made : withoutDecision(made) };
      },
    }),
  ];
}

/** A card is good to the end of its last month, whatever the time zone. */
function refuseExpired(body: z.output<typeof newPayment>, paidAtMs: number): void {
  if (!('card' in body)) return;
  const { expiryYear, expiryMonth } = body.card;
  if (Date.UTC(expiryYear, expiryMonth, 2) > paidAtMs) return;
  throw new Refusal(422, 'The body has wrong fields', {
    errors: [{ field: 'card.expiryMonth', reason: 'The card has expired' }],
  });
}
