import { z } from 'zod';
import { visitorKind, visitStages } from './visit.ts';

const count = z.number().int();
const epochMs = z.number().int();
const reachedAtMs = epochMs.nullable();

const products = z.object({
  clicks: count,
  /** How many different ones. */
  products: count,
  /** False: so many that `products` is an estimate. */
  exact: z.boolean(),
});

/** Data of an insight of type `session`: what one visitor did between two silences. */
export const sessionDataSchema = z.object({
  /** Pseudonym: hash of the user, or of the session where the user is not known. */
  visitor: z.string(),
  visitorKind,
  firstAtMs: epochMs,
  /** Of the last event; the session ends a gap later. */
  lastAtMs: epochMs,
  /** Clicks, orders and attempts to pay. */
  events: count,
  clicks: count,
  viewed: products,
  carted: products,
  /** The furthest stage; null where there was none of them. */
  reached: z.enum(visitStages).nullable(),
  firstViewAtMs: reachedAtMs,
  firstCartAtMs: reachedAtMs,
  /** Of the first order. */
  firstCheckoutAtMs: reachedAtMs,
  /** Of the first payment that was approved. */
  firstPaidAtMs: reachedAtMs,
  orders: count,
  orderedCents: count,
  /** What was paid in the session, of whatever order. */
  paidCents: count,
});

export type SessionData = z.infer<typeof sessionDataSchema>;
