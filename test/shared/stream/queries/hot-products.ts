import { count } from '../../../../shared/stream/accumulator.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { sliding } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { Item } from '../../../fixtures/shop-log.ts';
import { inTime, minuteMs, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<Item>('items')], {
  ...inTime,
  name: 'hot-products',
  type: 'hot-products',
  key: ({ product }) => product,
  window: sliding(10 * minuteMs, 2 * minuteMs),
  accumulators: { sales: count() },
  preliminaryEveryMs: 0,
  result(byProduct) {
    const most = Math.max(...[...byProduct.values()].map(({ sales }) => sales));
    return [...byProduct]
      .filter(([, { sales }]) => sales === most)
      .map(([product, { sales }]) => ({ product, sales }));
  },
});

/** Nexmark's query 5: what sold most often in a sliding window, every tie of it. */
export const hotProducts = query({
  name: 'hot-products',
  job,
  events: ({ items }) => items,
  rows: windowRows,
});
