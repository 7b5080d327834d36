import { z } from 'zod';
import { id, instant, money } from './common.ts';

export const orderItem = z.object({
  id,
  orderId: id,
  customerId: id,
  productId: id,
  categoryId: id.meta({ description: 'As sold.' }),
  sellerId: id.meta({ description: 'As sold.' }),
  quantity: z.int().min(1),
  unitPrice: money.meta({ description: 'As sold.' }),
  lineTotal: money,
  channel: z.string(),
  orderedAt: instant,
});
