import { z } from 'zod';
import { country, id, instant } from './common.ts';

export const shipment = z.object({
  id,
  orderId: id,
  status: z.enum(['preparing', 'shipped', 'delivered', 'returned', 'cancelled']),
  carrier: z.string(),
  shippingCountry: country,
  shippedAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  createdAt: instant,
});
