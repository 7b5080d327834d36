import { z } from 'zod';
import { adjustmentKinds } from '../../../shared/shop/order-life.ts';
import { id, instant, line, money } from './common.ts';
import { moneyText } from './money-text.ts';

const reason = line(200)
  .optional()
  .meta({ description: 'Stays in the shop; write nothing of people into it.' });

export const newCancellation = z.strictObject({ reason }).meta({ examples: [{}] });

export const newRefund = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          orderItemId: id,
          quantity: z.int('Must be a whole number').min(1, 'Must be at least 1'),
        }),
      )
      .min(1, 'Must not be empty')
      .max(1_000, 'Must have at most 1000 lines')
      .optional(),
    amount: moneyText.optional().meta({ description: 'Without it, the lines at their prices.' }),
    reason,
    restock: z.boolean().default(false).meta({ description: 'The pieces can be sold again.' }),
  })
  .superRefine(({ lines, amount, restock }, context) => {
    if (lines !== undefined || amount === undefined) return;
    if (Number(amount) === 0) {
      context.addIssue({ code: 'custom', path: ['amount'], message: 'Must be above 0' });
    }
    if (restock) {
      const message = 'Needs lines: an amount of the whole order has no pieces';
      context.addIssue({ code: 'custom', path: ['restock'], message });
    }
  })
  .meta({
    description: 'Without lines and amount, everything that is left.',
    examples: [{ lines: [{ orderItemId: 1, quantity: 1 }], restock: true }],
  });

export const adjustment = z.object({
  id,
  orderId: id,
  kind: z.enum(adjustmentKinds),
  orderItemId: id.nullable().meta({ description: 'Null for an amount of the whole order.' }),
  productId: id.nullable(),
  quantity: z.int().nullable(),
  amount: money,
  reason: z.string().nullable(),
  occurredAt: instant,
});

export const refund = z.object({
  orderId: id,
  amount: money,
  occurredAt: instant,
  adjustments: z.array(adjustment),
});
