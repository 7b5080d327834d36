import { z } from 'zod';

const identifier = z.string().min(1).max(128);
const instantMs = z.number().int().min(0).max(8.64e15);
const decision = z.enum(['allow', 'review', 'block']);
const score = z.number().min(0).max(1);

const reason = z.object({
  feature: z.string(),
  meaning: z.string(),
  value: z.number().nullable(),
  /** What it adds to the model's margin: above zero it speaks for fraud. */
  contribution: z.number(),
});

const ruleHit = z.object({
  rule: identifier,
  version: z.number().int(),
  severity: z.enum(['info', 'warning', 'critical']),
  /** What a rule in the shadow found alerts nobody and decides nothing. */
  mode: z.enum(['live', 'shadow']),
  reason: z.string().max(2_000),
});

/** Data of an insight of type `fraud-case`: what is known about an order, as of its last event. */
export const fraudCaseSchema = z.object({
  orderId: identifier,
  customerId: identifier,
  orderedAtMs: instantMs,
  totalCents: z.number().int(),
  /** Event time of what it was told at, epoch milliseconds … */
  atMs: instantMs,
  /** … and what that was. */
  at: z.enum(['order', 'payment', 'review']),
  /** Probability of fraud by the model; null where there is none. */
  score: score.nullable(),
  modelVersion: z.string().nullable(),
  decision,
  /** Whose decision it is: that of the model, or of rules that ask for more (or where there is no model). */
  decidedBy: z.enum(['model', 'rules', 'default']),
  /** The features that weigh most in the score, the heaviest first. */
  reasons: z.array(reason).max(8),
  ruleHits: z.array(ruleHit),
  /** What the shop did at checkout; null where it did not ask. */
  checkout: z
    .object({
      decision,
      basis: z.enum(['model', 'rules', 'default']),
      score: score.nullable(),
      atMs: instantMs,
    })
    .nullable(),
  /** The last verdict of a person; null where there is none. */
  review: z
    .object({
      verdict: z.enum(['fraud', 'legitimate']),
      source: z.enum(['operator', 'chargeback', 'import']),
      atMs: instantMs,
    })
    .nullable(),
  /**
   * The features at the event that was judged; null in place of one that was unknown, and those that
   * were 0 are left out. Null where this told a verdict only.
   */
  features: z.record(z.string(), z.number().nullable()).nullable(),
  /** When that event was committed in the shop's database; null where the capture does not tell. */
  committedAtMs: z.number().int().nullable(),
});

export type FraudCase = z.infer<typeof fraudCaseSchema>;
