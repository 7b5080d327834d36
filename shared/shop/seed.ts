import { z } from 'zod';
import { inTransaction } from './in-transaction.ts';
import { insertShop } from './seed/insert-shop.ts';
import { makeShop, type ShopSize } from './seed/make-shop.ts';
import type { SqlConnection } from './sql-connection.ts';

const LOCK_KEY = 7_461_002;
const sizeRows = z.object({ rows: z.tuple([z.object({ empty: z.boolean() })]) });

/**
 * Fills an empty shop with made-up categories, sellers, products and customers, in one transaction.
 * A shop that has a product is left as it is. The customers have no password.
 *
 * @param db the owner's connection, after `migrate`.
 * @returns whether the shop was filled.
 * @throws RangeError for a size out of bounds.
 */
export async function seedShop(db: SqlConnection, size: ShopSize): Promise<boolean> {
  const shop = makeShop(size);
  return inTransaction(db, LOCK_KEY, async () => {
    const answer = await db.query('select not exists (select from products) as empty');
    if (!sizeRows.parse(answer).rows[0].empty) return false;
    await insertShop(db, shop);
    return true;
  });
}
