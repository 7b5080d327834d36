import { expireOrders } from '../../shared/shop/orders/expire-orders.ts';
import type { Database } from '../../shared/sql/database.ts';

/** Small, because checkouts of the same products wait for it. */
const ordersMax = 50;

interface Shift {
  /** Asked between batches; what is left then is for the next start. */
  mayGoOn(): boolean;
  expired(orders: number): void;
}

/** Lets all orders expire that are due, batch by batch, each in a transaction of its own. */
export async function expireAll(
  database: Pick<Database, 'transaction'>,
  expiresAfterMs: number,
  { mayGoOn, expired }: Shift,
): Promise<void> {
  let orders = 0;
  do {
    orders = await expireOrders(database, { expiresAfterMs, ordersMax });
    expired(orders);
  } while (orders === ordersMax && mayGoOn());
}
