import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { OrderChange } from '../../../fixtures/shop-log.ts';
import { orderStatistics, statisticsRow } from './order-statistics.ts';
import { dayMs, inTime, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<OrderChange>('orders')], {
  ...inTime,
  name: 'daily-orders',
  type: 'daily-orders',
  key: () => 'all',
  window: tumbling(dayMs),
  accumulators: orderStatistics,
  preliminaryEveryMs: undefined,
  result: (byKey) => [...byKey.values()].map(statisticsRow),
});

/** Nexmark's query 15: statistics of each day, with filtered and distinct counts. */
export const dailyOrders = query({
  name: 'daily-orders',
  job,
  events: ({ orders }) => orders,
  rows: windowRows,
});
