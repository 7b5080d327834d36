import type { z } from 'zod';
import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { OrderStatus } from '../../../shared/shop/order-life.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { onlyCustomer } from '../access.ts';
import { lockOrder } from '../queries/orders.ts';
import { refuseBefore } from '../shop-time.ts';

type LockedOrder = z.output<(typeof lockOrder)['row']>;

/**
 * An order that nobody else changes before this transaction ends. Its row is locked before those of
 * products, so that no two wait for each other.
 *
 * @throws Refusal 404 for an order that is not there or not the caller's, 400 for a time before it.
 */
export async function lockedOrder(
  queries: Queries,
  orderId: number,
  caller: Caller,
  time: ShopTime,
): Promise<LockedOrder> {
  const order = await queries.row(lockOrder, [orderId, onlyCustomer(caller)]);
  if (order === undefined) throw new Refusal(404, 'No such order');
  refuseBefore(order.orderedAt, time);
  return order;
}

/** @throws Refusal 409 for an order that stands elsewhere. */
export function refuseOtherThan(
  allowed: readonly OrderStatus[],
  { status }: LockedOrder,
  title: string,
): void {
  if (!allowed.includes(status)) throw new Refusal(409, title, { detail: `It is ${status}.` });
}
