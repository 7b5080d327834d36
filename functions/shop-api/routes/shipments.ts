import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { ifMatch } from '../../../shared/api/etag.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { moveOn, ship } from '../orders/ship.ts';
import { idText } from '../schemas/common.ts';
import { newShipment, shipment, shipmentChange } from '../schemas/shipment.ts';
import { shopTime, shopTimeHeader } from '../shop-time.ts';

const params = z.object({ id: idText });

export function shipmentRoutes(database: Database): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/orders/{id}/shipments',
      tag: 'orders',
      summary: 'Begin to prepare the shipment of a paid order',
      access: ['operator'],
      request: z.object({ params, headers: z.object(shopTimeHeader), body: newShipment }),
      answers: { 201: { description: 'The shipment.', schema: shipment } },
      problems: {
        404: 'No such order.',
        409: 'The order is not paid, was refunded, has a shipment, or is held for a review.',
      },
      async handle(request, context) {
        const body = await ship(database, {
          orderId: request.params.id,
          caller: context.caller,
          time: shopTime(request.headers['shop-time'], context),
          carrier: request.body.carrier,
        });
        return { status: 201, headers: { location: `/shipments/${body.id}` }, body };
      },
    }),
    endpoint({
      method: 'PATCH',
      path: '/shipments/{id}',
      tag: 'orders',
      summary: 'Move a shipment on: shipped, delivered, returned; its order follows',
      access: ['operator'],
      conditional: true,
      request: z.object({ params, headers: ifMatch.extend(shopTimeHeader), body: shipmentChange }),
      answers: { 200: { description: 'The shipment as it is now.', schema: shipment } },
      problems: {
        404: 'No such shipment.',
        409: 'The step does not follow on where it is, or the order was refunded.',
        412: 'It has changed since.',
      },
      async handle(request, context) {
        const body = await moveOn(database, {
          shipmentId: request.params.id,
          caller: context.caller,
          time: shopTime(request.headers['shop-time'], context),
          status: request.body.status,
          ifMatch: request.headers['if-match'],
        });
        return { status: 200, body };
      },
    }),
  ];
}
