import type { z } from 'zod';
import type { Queries } from '../../sql/query.ts';
import type { AdjustmentKind } from '../order-life.ts';
import type { GivenBack, SoldLine } from './give-back.ts';
import {
  type adjustmentRow,
  insertAdjustments,
  lockProducts,
  putBack,
  readLeft,
  readSoldLines,
} from './statements.ts';

/** When a write happens in the shop: now, or in the past that it tells of. */
export interface ShopTime {
  /** ISO 8601; null for the time of the transaction. */
  readonly at: string | null;
  readonly isBackfill: boolean;
}

/** What an order can still give back. */
interface OrderRest {
  readonly orderId: number;
  readonly lines: readonly SoldLine[];
  readonly leftCents: number;
}

/** What one order gives back, and when. */
interface BookedBack {
  readonly orderId: number;
  readonly given: readonly GivenBack[];
  readonly time: ShopTime;
}

interface Booking {
  readonly kind: AdjustmentKind;
  readonly orders: readonly BookedBack[];
  /** Whether the pieces can be sold again. */
  readonly restock: boolean;
  readonly reason?: string | undefined;
  /** By which a repeated request is known. */
  readonly request?: { readonly idempotencyKey: string; readonly hash: string };
}

/** What orders can still give back. Their rows are locked by the caller, so that it stays so. */
export async function readRests(
  queries: Queries,
  orderIds: readonly number[],
): Promise<readonly OrderRest[]> {
  const lines = Map.groupBy(
    await queries.rows(readSoldLines, [orderIds]),
    ({ orderId }) => orderId,
  );
  const left = await queries.rows(readLeft, [orderIds]);
  return left.map(({ orderId, leftCents }) => ({
    orderId,
    leftCents,
    lines: lines.get(orderId) ?? [],
  }));
}

/**
 * Writes what orders give back as facts, and puts the pieces back into stock. The rows of the orders
 * are locked by the caller; products are locked here, in the order of their ids.
 */
export async function bookAdjustments(
  queries: Queries,
  { kind, orders, restock, reason, request }: Booking,
): Promise<readonly z.output<typeof adjustmentRow>[]> {
  const facts = orders.flatMap(({ orderId, given, time }) =>
    given.map((each) => ({ orderId, ...each, ...time })),
  );
  const pieces = facts.flatMap(({ orderItemId, quantity }) =>
    orderItemId === undefined || quantity === undefined ? [] : [{ orderItemId, quantity }],
  );
  if (restock && pieces.length > 0) {
    const items = pieces.map(({ orderItemId }) => orderItemId);
    await queries.rows(lockProducts, [items]);
    await queries.rows(putBack, [items, pieces.map(({ quantity }) => quantity)]);
  }
  return queries.rows(insertAdjustments, [
    JSON.stringify(facts),
    kind,
    reason ?? null,
    request?.idempotencyKey ?? null,
    request?.hash ?? null,
  ]);
}
