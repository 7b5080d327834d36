import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { type ExpectedFacts, learnHistory } from '../replay/learn-history.ts';
import { shopAddress } from '../shop-address.ts';
import { whereHistoryIs } from '../where-history-is.ts';
import type { EventSpan } from './event-file.ts';
import type { EventOptions } from './event-options.ts';

/** Tables that an import writes facts into. */
const importedTables = ['orders', 'order_items', 'order_adjustments'] as const;

const historyRows = z.object({
  rows: z.array(
    z.object({
      name: z.enum(importedTables),
      facts: z.coerce.number(),
      fromKey: z.coerce.string(),
    }),
  ),
});

/** All the history there is, however it came in, by data set of the lake. */
const countHistory = importedTables
  .map(
    (table) =>
      `select '${table}' as name, count(*) as facts, coalesce(min(id), 0) as "fromKey"
       from ${table} where is_backfill`,
  )
  .join(' union all ');

/** How many facts of orders the lake is to hold; it keeps those of a shop that was emptied, too. */
export async function historyOfOrders(db: SqlConnection): Promise<ExpectedFacts> {
  const { rows } = historyRows.parse(await db.query(countHistory));
  return Object.fromEntries(rows.map(({ name, facts, fromKey }) => [name, { facts, fromKey }]));
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
