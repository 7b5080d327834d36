import { z } from 'zod';

/** Identifiers are keys of tables and parts of messages. */
const identifier = z.string().min(1).max(128);
/** To the last instant that a `Date` can hold. */
const instantMs = z.number().int().min(0).max(8.64e15);

/** Data of an insight of type `alert`: what happened, why it matters, how grave it is. */
export const alertDataSchema = z.object({
  rule: identifier,
  ruleVersion: z.number().int(),
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string().max(300),
  reason: z.string().max(2_000),
  /** The order that caused it, who placed it and its value; absent where no order did. */
  orderId: identifier.optional(),
  customerId: identifier.optional(),
  totalCents: z.number().int().optional(),
  /** Event time of what caused it, epoch milliseconds. */
  atMs: instantMs,
  /** When that was committed in the shop's database; absent where the capture does not tell. */
  committedAtMs: z.number().int().optional(),
  /**
   * What it is about; where it does not tell the customer, or else the shop. Cooldowns and mutes go
   * by it.
   */
  entity: z.object({ kind: identifier, id: z.string().min(1).max(256) }).optional(),
  /** Event time that was looked at, epoch milliseconds. */
  window: z.object({ startMs: instantMs, endMs: instantMs }).optional(),
  /** How likely it is right, from 0 to 1 … */
  confidence: z.number().min(0).max(1).optional(),
  /** … and where that number comes from. */
  confidenceBasis: z.string().max(300).optional(),
  /** Where to look next: paths of the shop's API, or pages elsewhere. */
  links: z
    .array(z.object({ title: z.string().min(1).max(100), path: z.string().min(1).max(500) }))
    .max(5)
    .optional(),
  /** Values that speak for it, in words. */
  facts: z
    .array(z.object({ name: z.string().min(1).max(100), value: z.string().max(300) }))
    .max(10)
    .optional(),
});

export type AlertData = z.infer<typeof alertDataSchema>;
