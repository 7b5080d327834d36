import { z } from 'zod';
import { inTransaction } from './in-transaction.ts';
import { type MadeShop, makeShop, type ShopSize } from './seed/make-shop.ts';
import type { SqlConnection } from './sql-connection.ts';

const LOCK_KEY = 7_461_002;
const ROWS_PER_STATEMENT = 5_000;
const sizeRows = z.object({ rows: z.tuple([z.object({ empty: z.boolean() })]) });

/** Rows arrive as one JSON text, which every driver can carry. */
const inserts: Readonly<Record<keyof MadeShop, string>> = {
  categories: `insert into categories (name)
    select name from json_to_recordset($1::json) as made (name varchar)
    on conflict (name) do nothing`,
  sellers: `insert into sellers (name, country)
    select name, country from json_to_recordset($1::json) as made (name varchar, country varchar)
    on conflict (name) do nothing`,
  products: `insert into products (sku, name, description, price, stock, category_id, seller_id,
      brand, rating, reorder_point, lead_time_days)
    select made.sku, made.name, made.description, made.price, made.stock, categories.id,
      sellers.id, made.brand, made.rating, made.reorder_point, made.lead_time_days
    from json_to_recordset($1::json) as made (sku varchar, name varchar, description varchar,
        price numeric, stock integer, category varchar, seller varchar, brand varchar,
        rating numeric, reorder_point integer, lead_time_days integer, place integer)
      join categories on categories.name = made.category
      join sellers on sellers.name = made.seller
    order by made.place`,
  customers: `insert into customers (first_name, last_name, email, phone, address, country)
    select first_name, last_name, email, phone, address, country
    from json_to_recordset($1::json) as made (first_name varchar, last_name varchar,
      email varchar, phone varchar, address varchar, country varchar)
    on conflict (email_hash) do nothing`,
};

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
    await insertAll(db, inserts.categories, shop.categories);
    await insertAll(db, inserts.sellers, shop.sellers);
    await insertAll(db, inserts.products, shop.products);
    await insertAll(db, inserts.customers, shop.customers);
    return true;
  });
}

async function insertAll(db: SqlConnection, sql: string, rows: readonly object[]): Promise<void> {
  const placed = rows.map((row, place) => ({ ...row, place })); // ids follow the order of the rows
  for (let start = 0; start < placed.length; start += ROWS_PER_STATEMENT) {
    await db.query(sql, [JSON.stringify(placed.slice(start, start + ROWS_PER_STATEMENT))]);
  }
}
