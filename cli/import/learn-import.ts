import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { type ExpectedFacts, learnHistory } from '../replay/learn-history.ts';
import { shopAddress } from '../shop-address.ts';
import { whereHistoryIs } from '../where-history-is.ts';
import type { EventSpan } from './event-file.ts';
import type { EventOptions } from './event-options.ts';

const number = z.coerce.number();
const countRows = z.object({
  rows: z.tuple([z.object({ orders: number, order_items: number, order_adjustments: number })]),
});

/** All the history there is, however it came in, by data set of the lake. */
const countHistory = `select
  (select count(*) from orders where is_backfill) as orders,
  (select count(*) from order_items where is_backfill) as order_items,
  (select count(*) from order_adjustments where is_backfill) as order_adjustments`;

/** How many facts of orders the lake is to hold. */
export async function historyOfOrders(db: SqlConnection): Promise<ExpectedFacts> {
  return countRows.parse(await db.query(countHistory)).rows[0];
}

/**
 * The last step of an import: lets the jobs learn a history, unless that is not wanted, and says
 * where to see it. What was sent as live is on the live page.
 *
 * @param expected how many facts the lake is to hold.
 */
export async function endImport(
  options: EventOptions,
  span: EventSpan | undefined,
  kind: 'orders' | 'clicks',
  expected: () => Promise<ExpectedFacts>,
): Promise<void> {
  if (span === undefined) return;
  const say = (line: string): void => console.error(line);
  const apiUrl = await shopAddress(options);
  if (options.speed !== undefined) {
    say(`See it live: ${apiUrl}/dashboard`);
    return;
  }
  if (options.learn) {
    say('The jobs learn the history, as soon as the lake holds it …');
    const { length } = await learnHistory(options, { expected: await expected(), say });
    say(`${length} jobs know the history now.`);
  }
  say(whereHistoryIs(apiUrl, options, { ...span, kinds: [kind], isLearnt: options.learn }));
}
