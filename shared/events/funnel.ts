import { z } from 'zod';
import { visitStages } from './visit.ts';

const count = z.number().int();

const stage = z.object({
  stage: z.enum(visitStages),
  /** Sessions that have come at least so far by the end of the window. */
  sessions: count,
  /** Those of them that came so far in this window: windows of one job add up. */
  newSessions: count,
  /** Share of the sessions of the stage before, in percent to a tenth; null of the first, and of none. */
  conversionPercent: z.number().nullable(),
});

/**
 * Data of an insight of type `funnel`: how far the sessions had come that were active in one window.
 * Only those whose clicks name a user can be followed to the till.
 */
export const funnelDataSchema = z.object({
  /** Sessions that are followed from the first view to the payment, with at least one click. */
  sessions: count,
  /** In the order of the stages. */
  stages: z.array(stage),
  /** From view to paid, in percent to a tenth; null where nothing was viewed. */
  conversionPercent: z.number().nullable(),
  /** Sessions whose user is not known: they are seen up to the cart. */
  notFollowed: z.object({ sessions: count, views: count, carts: count }),
  /** Orders and payments of visits without a click that names the user. */
  notLinked: z.object({ visits: count, checkouts: count, paid: count }),
});

export type FunnelData = z.infer<typeof funnelDataSchema>;
