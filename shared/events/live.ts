import { z } from 'zod';
import { liveSchemaVersion } from './live-schema-version.ts';
import {
  abandonedCartsSection,
  funnelSection,
  productInterestSection,
  revenueSection,
  salesPulseSection,
  topProductsSection,
} from './live-statistics.ts';
import { liveWindow } from './live-window.ts';
import { mostViewedDataSchema } from './most-viewed.ts';

const epochMs = z.int();
const identifier = z.union([z.string(), z.number()]).transform(String);
const latencyMs = z.object({ p50: z.number(), p99: z.number() });

const mostViewedWindow = mostViewedDataSchema.extend(liveWindow);

const order = z.object({
  id: identifier,
  customerId: identifier,
  totalCents: z.int(),
  orderedAtMs: epochMs,
  channel: z.string().nullable(),
  country: z.string().nullable(),
});

const alert = z.object({
  id: z.string(),
  rule: z.string(),
  severity: z.string(),
  title: z.string(),
  reason: z.string(),
  /** Absent where it is about no order, as the next two. */
  orderId: identifier.optional(),
  customerId: identifier.optional(),
  totalCents: z.int().optional(),
  /** What it is about, e.g. a product. */
  entity: z.object({ kind: z.string(), id: z.string() }).optional(),
  atMs: epochMs,
  status: z.enum(['pending', 'sent', 'failed']),
  sentAtMs: epochMs.optional(),
  attempts: z.int(),
  /** How likely it is right, from 0 to 1, and where that comes from. */
  confidence: z.number().optional(),
  confidenceBasis: z.string().optional(),
  /** What it waits for, where it is not told yet: `cooldown`, `digest` or `mute`. */
  held: z.object({ why: z.string(), untilMs: epochMs.optional() }).optional(),
  /** The message it is told in. */
  message: z.string().optional(),
  /** How many others its message told of. */
  heldBack: z.int().optional(),
});

/** Alert delivery keeps no windows: it tells its latency (commit to webhook) and nothing else. */
const jobHealth = z.object({
  job: z.string(),
  updatedAtMs: epochMs,
  latencyMs: latencyMs.nullable(),
  generation: z.int().optional(),
  /** Stopped by a person, parked by itself because it kept failing. */
  status: z.enum(['running', 'stopped', 'parked']).optional(),
  /** Why it does not run; of a running job, why it cannot tell every result. */
  reason: z.string().optional(),
  watermarkMs: epochMs.nullable().optional(),
  eventsPerSecond: z.number().optional(),
  counts: z
    .object({
      counted: z.int(),
      late: z.int(),
      duplicate: z.int(),
      future: z.int(),
      quarantined: z.int(),
    })
    .optional(),
  shards: z
    .array(
      z.object({
        stream: z.string(),
        shard: z.string(),
        watermarkMs: epochMs.nullable(),
        lagMs: z.number().nullable(),
      }),
    )
    .optional(),
});

/**
 * The sections of the live page as jobs write them into the results table (partition `LIVE`, JSON
 * in attribute `data`), by sort key. `health` stands once per job, as `health#<job>`; longer windows of revenue and
 * every size of top products once per size, as `revenue#<windowMs>`. Lists come newest first.
 */
export const liveSections = {
  revenue: revenueSection,
  'top-products': topProductsSection,
  'sales-pulse': salesPulseSection,
  'product-interest': productInterestSection,
  funnel: funnelSection,
  'abandoned-carts': abandonedCartsSection,
  'most-viewed': mostViewedWindow,
  orders: z.object({ orders: z.array(order) }),
  alerts: z.object({ alerts: z.array(alert) }),
  health: jobHealth,
} as const;

const updated = { updatedAtMs: epochMs };
const revenue = revenueSection.extend(updated);

/** The answer to `GET /live`; a section no job has written yet is null. */
export const liveDocument = z.object({
  schemaVersion: z.literal([1, liveSchemaVersion]),
  /** ISO 4217 code of every amount. */
  currency: z.string(),
  /** Of the shortest windows. */
  revenue: revenue.nullable(),
  /** Of the longer windows, the shortest first. */
  longerRevenue: z.array(revenue).default([]),
  /** One of each size, the shortest first. */
  topProducts: z.array(topProductsSection.extend(updated)).default([]),
  salesPulse: salesPulseSection.extend(updated).nullable().default(null),
  productInterest: productInterestSection.extend(updated).nullable().default(null),
  funnel: funnelSection.extend(updated).nullable().default(null),
  abandonedCarts: abandonedCartsSection.extend(updated).nullable().default(null),
  mostViewed: liveSections['most-viewed'].extend(updated).nullable(),
  orders: liveSections.orders.extend(updated).nullable(),
  alerts: liveSections.alerts.extend(updated).nullable(),
  health: z.array(jobHealth),
});

export type LiveDocument = z.infer<typeof liveDocument>;
export type LiveOrder = z.infer<typeof order>;
export type LiveAlert = z.infer<typeof alert>;
export type JobHealth = z.infer<typeof jobHealth>;
