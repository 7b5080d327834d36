import { topK } from '../../../../shared/stream/accumulators/top-k.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { Item } from '../../../fixtures/shop-log.ts';
import { inTime, minuteMs, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<Item>('items')], {
  ...inTime,
  name: 'top-products',
  type: 'top-products',
  key: ({ category }) => category,
  window: tumbling(60 * minuteMs),
  accumulators: {
    top: topK<Item>(10, ({ product }) => product, { weight: ({ pieces }) => pieces }),
  },
  preliminaryEveryMs: 0,
  result: (byCategory) =>
    [...byCategory].flatMap(([category, { top }]) =>
      top.map(({ item, weight }, index) => ({
        category,
        place: index + 1,
        product: item,
        pieces: weight,
      })),
    ),
});

/** Nexmark's query 19: the ten best of each category and hour. */
export const topProducts = query({
  name: 'top-products',
  job,
  events: ({ items }) => items,
  rows: windowRows,
});
