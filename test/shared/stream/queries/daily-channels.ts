import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { OrderChange } from '../../../fixtures/shop-log.ts';
import { orderStatistics, statisticsRow } from './order-statistics.ts';
import { dayMs, inTime, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<OrderChange>('orders')], {
  ...inTime,
  name: 'daily-channels',
  type: 'daily-channels',
  key: ({ channel }) => channel,
  window: tumbling(dayMs),
  accumulators: orderStatistics,
  preliminaryEveryMs: undefined,
  result: (byChannel) =>
    [...byChannel].map(([channel, values]) => ({ channel, ...statisticsRow(values) })),
});

/** Nexmark's query 16: statistics of each day and channel, with filtered and distinct counts. */
export const dailyChannels = query({
  name: 'daily-channels',
  job,
  events: ({ orders }) => orders,
  rows: windowRows,
});
