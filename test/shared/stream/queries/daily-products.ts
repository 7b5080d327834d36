import { count } from '../../../../shared/stream/accumulator.ts';
import { max, min } from '../../../../shared/stream/accumulators/extremes.ts';
import { moments } from '../../../../shared/stream/accumulators/moments.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { Item } from '../../../fixtures/shop-log.ts';
import { dayMs, inTime, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<Item>('items')], {
  ...inTime,
  name: 'daily-products',
  type: 'daily-products',
  key: ({ product }) => product,
  window: tumbling(dayMs),
  accumulators: {
    cheap: count<Item>(({ cents }) => cents < 3_000),
    dear: count<Item>(({ cents }) => cents >= 3_000),
    lowest: min<Item>(({ cents }) => cents),
    highest: max<Item>(({ cents }) => cents),
    price: moments<Item>(({ cents }) => cents),
  },
  preliminaryEveryMs: 0,
  result: (byProduct) =>
    [...byProduct].map(([product, { price, ...values }]) => ({
      product,
      ...values,
      items: price.count,
      mean: price.mean,
      // n² times the variance is an integer: it can be compared without a tolerance.
      spread: Math.round((price.variance ?? 0) * price.count ** 2),
      cents: price.sum,
    })),
});

/** Nexmark's query 17: statistics of each day and product. */
export const dailyProducts = query({
  name: 'daily-products',
  job,
  events: ({ items }) => items,
  rows: windowRows,
});
