import { z } from 'zod';
import type { Database } from '../../sql/database.ts';
import type { Queries } from '../../sql/query.ts';
import { rowId } from '../../sql/row-values.ts';
import { bookAdjustments, readRests, type ShopTime } from './book-adjustments.ts';
import { giveBackAll } from './give-back.ts';

interface ExpiryLimits {
  /** Age at which an unpaid order expires. */
  readonly expiresAfterMs: number;
  /** Orders in one transaction, whose locks keep checkouts of their products waiting. */
  readonly ordersMax: number;
}

const due = `ordered_at + $1::bigint * interval '1 millisecond'`;

/**
 * $1 age in milliseconds, $2 orders at most. Whoever pays or cancels an order has it locked: it is
 * left to them. An order of the past is left to whoever tells of it for as long as it took place;
 * what was due before it was told of expires then, as history.
 */
const lockDueOrders = {
  name: 'lock-due-orders',
  sql: `select id, (${due})::text as "dueAt", is_backfill and ${due} <= created_at as "isBackfill"
    from orders
    where status = 'pending' and ordered_at <= now() - $1::bigint * interval '1 millisecond'
      and (not is_backfill or created_at <= now() - $1::bigint * interval '1 millisecond')
    order by ordered_at, id limit $2 for no key update skip locked`,
  row: z.object({ id: rowId, dueAt: z.string(), isBackfill: z.boolean() }),
};

/** $1 orders. */
const setExpired = {
  name: 'set-expired',
  sql: `update orders set status = 'expired' where id = any($1::bigint[]) returning id`,
  row: z.object({ id: rowId }),
};

/**
 * Lets unpaid orders that are too old expire, the oldest first, in one transaction: their pieces can
 * be sold again, and their value leaves the revenue now. Several may call at the same time.
 *
 * @returns how many expired; fewer than `ordersMax` when no more are due.
 */
export function expireOrders(
  database: Pick<Database, 'transaction'>,
  { expiresAfterMs, ordersMax }: ExpiryLimits,
): Promise<number> {
  return database.transaction(async (queries) => {
    const due = await queries.rows(lockDueOrders, [expiresAfterMs, ordersMax]);
    const orders = due.map(({ id, dueAt, isBackfill }) => ({
      id,
      time: { at: isBackfill ? dueAt : null, isBackfill },
    }));
    if (orders.length > 0) await bookExpiry(queries, orders);
    return orders.length;
  });
}

/** Lets orders expire, each at its time. Their rows are locked by the caller, who knows them unpaid. */
export async function bookExpiry(
  queries: Queries,
  orders: readonly { readonly id: number; readonly time: ShopTime }[],
): Promise<void> {
  const ids = orders.map(({ id }) => id);
  const times = new Map(orders.map(({ id, time }) => [id, time]));
  const rests = await readRests(queries, ids);
  await bookAdjustments(queries, {
    kind: 'expiry',
    orders: rests.map(({ orderId, lines, leftCents }) => ({
      orderId,
      given: giveBackAll(lines, leftCents),
      time: times.get(orderId) ?? { at: null, isBackfill: false },
    })),
    restock: true,
  });
  await queries.rows(setExpired, [ids]);
}
