import { z } from 'zod';
import { shipmentStatuses } from '../../../shared/shop/order-life.ts';
import { country, id, instant, line } from './common.ts';

export const shipment = z.object({
  id,
  orderId: id,
  status: z.enum(shipmentStatuses),
  carrier: z.string(),
  shippingCountry: country,
  shippedAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  createdAt: instant,
});

export const newShipment = z
  .strictObject({ carrier: line(100) })
  .meta({ examples: [{ carrier: 'Correios' }] });

export const shipmentChange = z
  .strictObject({ status: z.enum(['shipped', 'delivered', 'returned']) })
  .meta({ examples: [{ status: 'shipped' }] });
