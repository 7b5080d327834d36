import { topK } from '../../../../shared/stream/accumulators/top-k.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { OrderChange } from '../../../fixtures/shop-log.ts';
import { inTime, minuteMs, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<OrderChange>('orders')], {
  ...inTime,
  name: 'highest-orders',
  type: 'highest-orders',
  key: () => 'all',
  window: tumbling(10 * minuteMs),
  accumulators: {
    highest: topK<OrderChange>(1, ({ version, order }) => (version === 1 ? order : undefined), {
      weight: ({ cents }) => cents,
      withTies: true,
    }),
  },
  preliminaryEveryMs: undefined,
  result: (byKey) =>
    byKey.get('all')?.highest.map(({ item, weight }) => ({ order: item, cents: weight })),
});

/** Nexmark's query 7: the highest order of each window, every tie of it. */
export const highestOrders = query({
  name: 'highest-orders',
  job,
  events: ({ orders }) => orders,
  rows: windowRows,
});
