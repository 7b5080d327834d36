import { latestBy } from '../../../../shared/stream/accumulators/latest-by.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { OrderChange } from '../../../fixtures/shop-log.ts';
import { dayMs, inTime, query, windowRows } from './query.ts';

const job = windowedJob([loggedSource<OrderChange>('orders')], {
  ...inTime,
  name: 'latest-orders',
  type: 'latest-orders',
  key: ({ order }) => order,
  window: tumbling(dayMs),
  accumulators: {
    latest: latestBy(
      ({ version }: OrderChange) => version,
      ({ customer, status, cents }) => ({ customer, status, cents }),
    ),
  },
  preliminaryEveryMs: undefined,
  result: (byOrder) => [...byOrder].map(([order, { latest }]) => ({ order, ...latest })),
});

/** Nexmark's query 18: of many changes of a row the last one of the day. */
export const latestOrders = query({
  name: 'latest-orders',
  job,
  events: ({ orders }) => orders,
  rows: windowRows,
});
