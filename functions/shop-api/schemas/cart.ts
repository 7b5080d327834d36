import { z } from 'zod';
import { saleLimits } from '../../../shared/shop/sale-rules.ts';
import { forCustomer, id, instant, money } from './common.ts';

const quantity = z
  .int('Must be a whole number')
  .min(1, 'Must be at least 1')
  .max(saleLimits.quantityMax, `Must be at most ${saleLimits.quantityMax}`);

export const newCart = z.strictObject({ customerId: forCustomer }).meta({ examples: [{}] });

export const newItem = z
  .strictObject({ productId: id, quantity })
  .meta({ examples: [{ productId: 1, quantity: 2 }] });

export const itemChange = z.strictObject({ quantity }).meta({ examples: [{ quantity: 3 }] });

export const cart = z.object({
  id,
  customerId: id,
  status: z.enum(['open', 'ordered', 'abandoned']),
  items: z.array(
    z.object({
      id,
      productId: id,
      name: z.string(),
      quantity: z.int(),
      unitPrice: money,
      lineTotal: money,
    }),
  ),
  total: money.meta({
    description: 'At the prices of now; an order keeps the prices of its time.',
  }),
  createdAt: instant,
  updatedAt: instant,
});

export const cartSummary = cart.omit({ items: true, total: true });
