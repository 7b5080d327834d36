import { z } from 'zod';

/** Data of an insight of type `alert`: what happened, why it matters, how grave it is. */
export const alertDataSchema = z.object({
  rule: z.string(),
  ruleVersion: z.number().int(),
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string(),
  reason: z.string(),
  orderId: z.string(),
  customerId: z.string(),
  totalCents: z.number().int(),
  /** Event time of what caused it, epoch milliseconds. */
  atMs: z.number().int(),
  /** When that was committed in the shop's database; absent where the capture does not tell. */
  committedAtMs: z.number().int().optional(),
});

export type AlertData = z.infer<typeof alertDataSchema>;
