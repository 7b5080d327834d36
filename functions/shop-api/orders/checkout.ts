import { createHash } from 'node:crypto';
import pg from 'pg';
import type { z } from 'zod';
import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import { brokenSaleRules } from '../../../shared/shop/sale-rules.ts';
import type { Database } from '../../../shared/sql/database.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { onlyCustomer } from '../access.ts';
import { findOrder, lockCart, lockLines, placeOrder } from '../queries/checkout.ts';
import type { newOrder } from '../schemas/order.ts';
import { unknownReference } from '../unknown-reference.ts';

export interface Checkout {
  readonly order: z.output<typeof newOrder>;
  readonly idempotencyKey: string;
  readonly ip: string;
  readonly caller: Caller;
  readonly time: ShopTime;
}

export interface CheckedOut {
  readonly orderId: number;
  /** Whether an earlier request with the same key had placed the order. */
  readonly repeated: boolean;
}

/**
 * Makes an order of a cart: all of it or nothing, once per idempotency key, never more than is in
 * stock.
 *
 * @throws Refusal 422 with every rule of a sale that is broken, or for a cart that does not exist or
 *   a key that was used for something else; 409 for a cart that is ordered already.
 */
export async function checkout(database: Database, request: Checkout): Promise<CheckedOut> {
  const requestHash = createHash('sha256').update(JSON.stringify(request.order)).digest('hex');
  try {
    return await database.transaction((queries) => place(queries, request, requestHash));
  } catch (error) {
    // The cart is open, so an order under this key was made of another cart.
    if (isKeyTaken(error)) throw keyTaken();
    throw error;
  }
}

async function place(
  queries: Queries,
  { order, idempotencyKey, ip, caller, time }: Checkout,
  requestHash: string,
): Promise<CheckedOut> {
  const cart = await queries.row(lockCart, [order.cartId, onlyCustomer(caller)]);
  if (cart === undefined) throw unknownReference('cartId', 'There is no such cart');
  if (cart.status !== 'open') {
    const earlier = await queries.row(findOrder, [cart.customerId, idempotencyKey]);
    if (earlier?.requestHash === requestHash) return { orderId: earlier.id, repeated: true };
    if (earlier !== undefined) throw keyTaken();
    throw new Refusal(409, 'The cart is not open', { detail: `It is ${cart.status} already.` });
  }
  const errors = brokenSaleRules(await queries.rows(lockLines, [order.cartId]));
  if (errors.length > 0) throw new Refusal(422, 'The order breaks rules of a sale', { errors });
  const placed = await queries.row(placeOrder, [
    order.cartId,
    order.channel,
    order.deviceId ?? null,
    ip,
    order.shippingAddress,
    order.shippingCountry,
    idempotencyKey,
    requestHash,
    time.at,
    time.isBackfill,
  ]);
  if (placed === undefined) throw new Error(`Cannot place order of cart ${order.cartId}: no row`);
  return { orderId: placed.id, repeated: false };
}

function isKeyTaken(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError &&
    error.constraint === 'orders_customer_id_idempotency_key_key'
  );
}

function keyTaken(): Refusal {
  return new Refusal(422, 'The idempotency key was used for another order', {
    errors: [{ field: 'idempotency-key', reason: 'Must be new for each order' }],
  });
}
