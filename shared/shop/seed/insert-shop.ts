import { z } from 'zod';
import type { SqlConnection } from '../sql-connection.ts';
import type { MadeShop } from './make-shop.ts';

const rowsPerStatement = 5_000;
const countRows = z.object({ rows: z.tuple([z.object({ count: z.coerce.number() })]) });

/**
 * Rows arrive as one JSON text, which every driver can carry. A product's sku and a customer's
 * e-mail hold their id, so they collide with none that is there or was.
 */
const inserts: Readonly<Record<keyof MadeShop, string>> = {
  categories: `insert into categories (name, parent_id)
    select made.name, above.id
    from json_to_recordset($1::json) as made (name varchar, parent varchar, place integer)
      left join categories as above on above.name = made.parent
    order by made.place
    on conflict (name) do nothing`,
  sellers: `insert into sellers (name, country)
    select name, country
    from json_to_recordset($1::json) as made (name varchar, country varchar, place integer)
    order by place
    on conflict (name) do nothing`,
  products: `insert into products (id, sku, name, description, price, stock, category_id, seller_id,
      brand, rating, reorder_point, lead_time_days) overriding system value
    select id, code || '-' || lpad(cast(id as varchar), greatest(6, length(cast(id as varchar))), '0'),
      name, description, price, stock, category_id, seller_id, brand, rating, reorder_point,
      lead_time_days
    from (select nextval(pg_get_serial_sequence('products', 'id')) as id, placed.* from (
        select made.*, categories.id as category_id, sellers.id as seller_id
        from json_to_recordset($1::json) as made (code varchar, name varchar, description varchar,
            price numeric, stock integer, category varchar, seller varchar, brand varchar,
            rating numeric, reorder_point integer, lead_time_days integer, place integer)
          join categories on categories.name = made.category
          join sellers on sellers.name = made.seller
        order by made.place) as placed) as numbered
    on conflict (sku) do nothing`,
  customers: `insert into customers (id, first_name, last_name, email, phone, address, country)
      overriding system value
    select id, first_name, last_name, mailbox || '.' || id || '@example.com', phone, address, country
    from (select nextval(pg_get_serial_sequence('customers', 'id')) as id, placed.* from (
        select made.* from json_to_recordset($1::json) as made (first_name varchar,
          last_name varchar, mailbox varchar, phone varchar, address varchar, country varchar,
          place integer)
        order by place) as placed) as numbered
    on conflict (email_hash) do nothing`,
};

interface InsertOptions {
  /** Around each statement: a transaction of its own, if the caller has none around all. */
  readonly each?: (work: () => Promise<void>) => Promise<void>;
  /** Called when so many rows of a table are in. */
  readonly done?: (table: keyof MadeShop, count: number) => void;
}

/**
 * Inserts the rows of a made-up shop beside those that are there; categories and sellers of a name
 * that is there are used as they are.
 *
 * @param db the owner's connection, after `migrate`.
 * @returns how many rows of each table are new.
 */
export async function insertShop(
  db: SqlConnection,
  shop: MadeShop,
  { each = (work) => work(), done = () => {} }: InsertOptions = {},
): Promise<Readonly<Record<keyof MadeShop, number>>> {
  async function insert(table: keyof MadeShop, rows: Iterable<object>): Promise<number> {
    let inserted = 0;
    for (const chunk of chunksOf(rows)) {
      await each(async () => {
        const sql = `with inserted as (${inserts[table]} returning 1) select count(*) as count from inserted`;
        const placed = chunk.map((row, place) => ({ ...row, place })); // ids follow their order
        const { count } = countRows.parse(await db.query(sql, [JSON.stringify(placed)])).rows[0];
        inserted += count;
      });
      done(table, chunk.length);
    }
    return inserted;
  }
  let categories = 0;
  for (const level of levelsOf(shop.categories)) categories += await insert('categories', level);
  return {
    categories,
    sellers: await insert('sellers', shop.sellers),
    products: await insert('products', shop.products),
    customers: await insert('customers', shop.customers),
  };
}

/** A statement does not see the rows it inserts: what stands below another comes in a later one. */
function levelsOf(categories: MadeShop['categories']): readonly MadeShop['categories'][] {
  const levels: MadeShop['categories'][] = [];
  let rest = categories;
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ name }) => name));
    levels.push(rest.filter(({ parent }) => parent === null || !waiting.has(parent)));
    rest = rest.filter(({ parent }) => parent !== null && waiting.has(parent));
  }
  return levels;
}

function* chunksOf<Item>(items: Iterable<Item>): Generator<Item[], undefined> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < rowsPerStatement) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
