import { z } from 'zod';

/** Identifiers are keys of tables and parts of messages. */
const identifier = z.string().min(1).max(128);
/** The last instant that a `Date` can hold. */
const instantMsMax = 8.64e15;

/** Data of an insight of type `alert`: what happened, why it matters, how grave it is. */
export const alertDataSchema = z.object({
  rule: identifier,
  ruleVersion: z.number().int(),
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string().max(300),
  reason: z.string().max(2_000),
  orderId: identifier,
  customerId: identifier,
  totalCents: z.number().int(),
  /** Event time of what caused it, epoch milliseconds. */
  atMs: z.number().int().min(0).max(instantMsMax),
  /** When that was committed in the shop's database; absent where the capture does not tell. */
  committedAtMs: z.number().int().optional(),
});

export type AlertData = z.infer<typeof alertDataSchema>;
