import { z } from 'zod';
import type { Settings } from '../../shared/config/settings.ts';
import { revenueDataSchema } from '../../shared/events/revenue.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { revenueWindows } from '../../shared/statistics/statistic-window.ts';
import { resultPartition, wholePartition } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';

const soldWindow = z.object({
  start_ms: z.coerce.number(),
  orders: z.coerce.number(),
  items: z.coerce.number(),
  gross_cents: z.coerce.number(),
  refunded_cents: z.coerce.number(),
  /** Whether some of it was told later than it happened. */
  has_backfill: z.boolean(),
});
const soldRows = z.object({ rows: z.array(soldWindow) });

/** What the shop's tables say of one window, by the facts' own times. */
export type SoldWindow = z.output<typeof soldWindow>;

/** A result of the revenue job as it is stored. */
const revenueRow = z.object({
  startMs: z.number(),
  endMs: z.number(),
  closed: z.boolean(),
  data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(revenueDataSchema),
});
export type RevenueRow = z.output<typeof revenueRow>;

/** Orders, pieces and money of every window that has any, from the shop's tables. */
export async function soldPerWindow(
  database: SqlConnection,
  windowMs: number,
): Promise<readonly SoldWindow[]> {
  const window = (column: string): string =>
    `floor(extract(epoch from ${column}) * 1000 / ${windowMs}) * ${windowMs}`;
  const sold = await database.query(
    `select start_ms, sum(orders) orders, sum(items) items, sum(gross_cents) gross_cents,
       sum(refunded_cents) refunded_cents, bool_or(is_backfill) has_backfill
     from (
       select ${window('ordered_at')} start_ms, (total > 0)::integer orders, 0 items, total * 100 gross_cents,
         0 refunded_cents, is_backfill from orders
       union all
       select ${window('ordered_at')}, 0, quantity, 0, 0, is_backfill from order_items
       union all
       select ${window('occurred_at')}, 0, 0, 0, amount * 100, is_backfill from order_adjustments
     ) facts group by start_ms order by start_ms`,
  );
  return soldRows.parse(sold).rows;
}

/** The shortest windows of revenue that were told, of the generation that counts. */
export async function toldRevenue(
  store: StateStore,
  settings: Settings,
): Promise<readonly RevenueRow[]> {
  const [{ job }] = revenueWindows(settings);
  const { live } = await readGenerations(store, job);
  const items = await store.query(resultPartition({ ...job, generation: live }), wholePartition);
  return items.map(({ attributes }) => revenueRow.parse(attributes));
}
