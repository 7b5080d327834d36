import { count } from '../../../../shared/stream/accumulator.ts';
import { windowedJob } from '../../../../shared/stream/job.ts';
import { tumbling } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { OrderChange, Registration } from '../../../fixtures/shop-log.ts';
import { inTime, minuteMs, query, windowRows } from './query.ts';

type Event = Registration | OrderChange;

const job = windowedJob([loggedSource<Event>('registrations'), loggedSource<Event>('orders')], {
  ...inTime,
  name: 'new-customers-who-bought',
  type: 'new-customers',
  key: ({ customer }) => customer,
  window: tumbling(10 * minuteMs),
  accumulators: {
    registrations: count<Event>(({ kind }) => kind === 'registration'),
    orders: count<Event>((event) => event.kind === 'order' && event.version === 1),
  },
  preliminaryEveryMs: undefined,
  result: (byCustomer) =>
    [...byCustomer]
      .filter(([, { registrations, orders }]) => registrations > 0 && orders > 0)
      .map(([customer, { orders }]) => ({ customer, orders })),
});

/** Nexmark's query 8: a join of two streams over a window. */
export const newCustomersWhoBought = query({
  name: 'new-customers-who-bought',
  job,
  events: ({ registrations, orders }) => [...registrations, ...orders],
  rows: windowRows,
});
