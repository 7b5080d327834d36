import { count, sum } from '../../../../shared/stream/accumulator.ts';
import { sessionJob } from '../../../../shared/stream/job.ts';
import { session } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';
import type { Item } from '../../../fixtures/shop-log.ts';
import { inTime, minuteMs, query, windowRows } from './query.ts';

const job = sessionJob([loggedSource<Item>('items')], {
  ...inTime,
  name: 'customer-sessions',
  type: 'session',
  key: ({ customer }) => customer,
  window: session(10 * minuteMs),
  accumulators: { items: count(), cents: sum(({ pieces, cents }: Item) => pieces * cents) },
  result: ({ key, endMs }, values) => [{ customer: key, endMs, ...values }],
});

/**
 * Nexmark's query 11: what customers do between two silences. An event exactly ten minutes after
 * the last begins a session here; in Flink it still belongs to the one before.
 */
export const customerSessions = query({
  name: 'customer-sessions',
  job,
  events: ({ items }) => items,
  rows: windowRows,
});
