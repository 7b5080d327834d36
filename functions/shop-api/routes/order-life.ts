import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { cancel } from '../orders/cancel.ts';
import { complete } from '../orders/complete.ts';
import { expire } from '../orders/expire.ts';
import { orderOf } from '../orders/order-of.ts';
import { refund as giveBack } from '../orders/refund.ts';
import { newCancellation, newRefund, refund } from '../schemas/adjustment.ts';
import { idText } from '../schemas/common.ts';
import { order, orderHeaders } from '../schemas/order.ts';
import { shopTime, shopTimeHeader } from '../shop-time.ts';

const params = z.object({ id: idText });
const headers = z.object(shopTimeHeader);
const theOrder = { 200: { description: 'The order as it is now.', schema: order } };

/** @param expiresAfterMs age at which an unpaid order expires. */
export function orderLifeRoutes(database: Database, expiresAfterMs: number): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/orders/{id}/cancellation',
      tag: 'orders',
      summary: 'Cancel an order that was not sent; again, nothing happens',
      access: ['shopper', 'operator'],
      request: z.object({ params, headers, body: newCancellation }),
      answers: theOrder,
      problems: { 404: 'No such order.', 409: 'The order was sent, or has expired.' },
      async handle(request, context) {
        const { caller } = context;
        const time = shopTime(request.headers['shop-time'], context);
        const { id: orderId } = request.params;
        await cancel(database, { orderId, caller, time, reason: request.body.reason });
        return { status: 200, body: await orderOf(database, orderId, caller) };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/orders/{id}/refunds',
      tag: 'orders',
      summary: 'Give back lines of a paid order, an amount, or all that is left',
      access: ['operator'],
      request: z.object({
        params,
        headers: orderHeaders.extend(shopTimeHeader),
        body: newRefund,
      }),
      answers: {
        200: {
          description: 'What an earlier request with the same key gave back.',
          schema: refund,
        },
        201: { description: 'What was given back.', schema: refund },
      },
      problems: { 404: 'No such order.', 409: 'The order was not paid, or is cancelled.' },
      async handle(request, context) {
        const { id: orderId } = request.params;
        const { adjustments, repeated } = await giveBack(database, {
          orderId,
          caller: context.caller,
          time: shopTime(request.headers['shop-time'], context),
          refund: request.body,
          idempotencyKey: request.headers['idempotency-key'],
        });
        const body = { orderId, ...totalOf(adjustments), adjustments };
        return { status: repeated ? 200 : 201, body: refund.parse(body) };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/orders/{id}/completion',
      tag: 'orders',
      summary: 'Complete an order that was delivered; again, nothing happens',
      access: ['shopper', 'operator'],
      request: z.object({ params }),
      answers: theOrder,
      problems: { 404: 'No such order.', 409: 'The order was not delivered.' },
      async handle(request, { caller }) {
        await complete(database, request.params.id, caller);
        return { status: 200, body: await orderOf(database, request.params.id, caller) };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/orders/{id}/expiry',
      tag: 'orders',
      summary: 'Let an unpaid order expire whose time is over, as happens every minute by itself',
      access: ['operator'],
      request: z.object({ params, headers }),
      answers: theOrder,
      problems: { 404: 'No such order.', 409: 'The order was paid or cancelled, or still can be.' },
      async handle(request, context) {
        const { caller } = context;
        const time = shopTime(request.headers['shop-time'], context);
        const { id: orderId } = request.params;
        await expire(database, { orderId, caller, time, expiresAfterMs });
        return { status: 200, body: await orderOf(database, orderId, caller) };
      },
    }),
  ];
}

function totalOf(adjustments: readonly { amount: string; occurredAt: string }[]) {
  const cents = adjustments.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
  return { amount: (cents / 100).toFixed(2), occurredAt: adjustments[0]?.occurredAt };
}
