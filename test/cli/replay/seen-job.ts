import { z } from 'zod';
import { type ShopFacts, shopFacts } from '../../../shared/changes/shop-facts.ts';
import type { ClickRecord } from '../../../shared/events/click.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { count } from '../../../shared/stream/accumulator.ts';
import { windowedJob } from '../../../shared/stream/job.ts';
import type { Source } from '../../../shared/stream/source.ts';
import { sliding } from '../../../shared/stream/window.ts';

/** What a window of the job says. */
export const seen = z.array(z.tuple([z.string(), z.number()]));

/** Which views and orders a window holds, and how often: the one way to see what was doubled. */
const sources: readonly Source<ClickRecord | ShopFacts['order']>[] = [
  clicks(['view']),
  shopFacts(['order'], 2_000),
];
export const seenJob = windowedJob(sources, {
  name: 'seen',
  generation: 1,
  eventTimeMs: (event) => ('orderedAtMs' in event ? event.orderedAtMs : event.occurredAtMs),
  key: (event) => ('orderId' in event ? `orders|${event.orderId}|1` : event.eventId),
  window: sliding(20_000, 10_000),
  accumulators: { times: count() },
  watermarkDelayMs: 5_000,
  allowedLatenessMs: 0,
  maxFutureMs: 60_000,
  preliminaryEveryMs: 100,
  type: 'seen',
  result: (totals) => [...totals].map(([id, { times }]) => [id, times]),
});
