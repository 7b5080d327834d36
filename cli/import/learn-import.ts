import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { type ExpectedFacts, learnHistory } from '../replay/learn-history.ts';
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

/** Lets the jobs learn what was imported, or says how they do. */
export async function learnImport(options: EventOptions, expected: ExpectedFacts): Promise<void> {
  const { learn, aws, stage, data } = options;
  if (learn) {
    console.error('The jobs learn the history, as soon as the lake holds it …');
    const { length } = await learnHistory(
      { aws, stage, data },
      { expected, say: (line) => console.error(line) },
    );
    console.error(`${length} jobs know the history now.`);
    return;
  }
  const place = [
    ...(aws ? ['--aws'] : []),
    ...(stage === undefined ? [] : [`--stage ${stage}`]),
    ...(data === undefined ? [] : [`--data ${data}`]),
  ];
  const command = ['npm run replay -- --job all --from lake --wait --swap', ...place].join(' ');
  console.error(`The jobs do not know it yet. When the lake holds it: ${command}`);
}
