import { z } from 'zod';
import { inTransaction } from '../../shared/shop/in-transaction.ts';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import type { FileProduct } from './read-product.ts';

const LOCK_KEY = 7_461_004;
const number = z.coerce.number();
const countRows = z.object({ rows: z.tuple([z.object({ count: number })]) });

/** What became of the products of a file. */
export interface ProductCounts {
  readonly made: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly categoriesMade: number;
  readonly sellersMade: number;
}

const columns = `sku varchar, name varchar, price numeric, description varchar, stock integer,
  category varchar, seller varchar, "sellerCountry" varchar, brand varchar, rating numeric,
  "reorderPoint" integer, "leadTimeDays" integer, "isActive" boolean, place integer`;
const told = `json_to_recordset($1::json) as told (${columns})`;

const makeCategories = `insert into categories (name)
  select category from ${told} where category is not null group by category order by min(place)
  on conflict (name) do nothing returning 1`;

const makeSellers = `insert into sellers (name, country)
  select seller, coalesce((array_agg("sellerCountry" order by place)
    filter (where "sellerCountry" is not null))[1], $2)
  from ${told} where seller is not null group by seller order by min(place)
  on conflict (name) do nothing returning 1`;

/** What the file does not tell stays; a row that says what it said before is not written. */
const changeProducts = `with wanted as (
    select products.id, told.name, told.price,
      coalesce(told.description, products.description) as description,
      coalesce(told.stock, products.stock) as stock,
      coalesce(categories.id, products.category_id) as category_id,
      coalesce(sellers.id, products.seller_id) as seller_id,
      coalesce(told.brand, products.brand) as brand,
      coalesce(told.rating, products.rating) as rating,
      coalesce(told."reorderPoint", products.reorder_point) as reorder_point,
      coalesce(told."leadTimeDays", products.lead_time_days) as lead_time_days,
      coalesce(told."isActive", products.is_active) as is_active
    from ${told}
      join products on products.sku = told.sku
      left join categories on categories.name = told.category
      left join sellers on sellers.name = told.seller
    order by products.id for no key update of products)
  update products set name = wanted.name, price = wanted.price, description = wanted.description,
    stock = wanted.stock, category_id = wanted.category_id, seller_id = wanted.seller_id,
    brand = wanted.brand, rating = wanted.rating, reorder_point = wanted.reorder_point,
    lead_time_days = wanted.lead_time_days, is_active = wanted.is_active
  from wanted
  where products.id = wanted.id and (products.name, products.price, products.description,
      products.stock, products.category_id, products.seller_id, products.brand, products.rating,
      products.reorder_point, products.lead_time_days, products.is_active)
    is distinct from (wanted.name, wanted.price, wanted.description, wanted.stock,
      wanted.category_id, wanted.seller_id, wanted.brand, wanted.rating, wanted.reorder_point,
      wanted.lead_time_days, wanted.is_active)
  returning 1`;

const makeProducts = `insert into products (sku, name, price, description, stock, category_id,
    seller_id, brand, rating, reorder_point, lead_time_days, is_active)
  select told.sku, told.name, told.price, coalesce(told.description, ''), coalesce(told.stock, 0),
    categories.id, sellers.id, coalesce(told.brand, ''), told.rating,
    coalesce(told."reorderPoint", 0), coalesce(told."leadTimeDays", 7),
    coalesce(told."isActive", true)
  from ${told}
    join categories on categories.name = coalesce(told.category, $2)
    join sellers on sellers.name = coalesce(told.seller, $3)
  order by told.place
  on conflict (sku) do nothing returning 1`;

/** For a new product whose line names none. */
export interface Unnamed {
  readonly category: string;
  readonly seller: string;
  readonly country: string;
}

/** Makes the categories that the shop does not have. */
export async function writeCategories(
  db: SqlConnection,
  names: readonly string[],
): Promise<ProductCounts> {
  const told = JSON.stringify(names.map((category, place) => ({ category, place })));
  const categoriesMade = await inTransaction(db, LOCK_KEY, () => counted(db, makeCategories, told));
  return { made: 0, changed: 0, unchanged: 0, categoriesMade, sellersMade: 0 };
}

/**
 * Writes products by their sku in one transaction: those the shop has are changed, the others made,
 * with the categories and sellers they name. Of several of a sku the last holds.
 */
export async function writeProducts(
  db: SqlConnection,
  products: readonly FileProduct[],
  unnamed: Unnamed,
): Promise<ProductCounts> {
  const last = [...new Map(products.map((product) => [product.sku, product])).values()];
  const json = JSON.stringify(last.map((product, place) => ({ ...product, place })));
  const count = (sql: string, ...params: string[]) => counted(db, sql, ...params);
  return inTransaction(db, LOCK_KEY, async () => {
    const categoriesMade = await count(makeCategories, json);
    const sellersMade = await count(makeSellers, json, unnamed.country);
    const changed = await count(changeProducts, json);
    const known = await count(
      `select 1 from ${told} join products on products.sku = told.sku`,
      json,
    );
    let extra = { categories: 0, sellers: 0 };
    if (known < last.length) extra = await makeUnnamed(last, unnamed, count);
    const made =
      known < last.length ? await count(makeProducts, json, unnamed.category, unnamed.seller) : 0;
    return {
      made,
      changed,
      unchanged: known - changed,
      categoriesMade: categoriesMade + extra.categories,
      sellersMade: sellersMade + extra.sellers,
    };
  });
}

async function counted(db: SqlConnection, sql: string, ...params: string[]): Promise<number> {
  const answer = await db.query(
    `with written as (${sql}) select count(*) as count from written`,
    params,
  );
  return countRows.parse(answer).rows[0].count;
}

async function makeUnnamed(
  products: readonly FileProduct[],
  { category, seller, country }: Unnamed,
  count: (sql: string, ...params: string[]) => Promise<number>,
): Promise<{ categories: number; sellers: number }> {
  const none = (field: 'category' | 'seller') => products.some((each) => each[field] === null);
  return {
    categories: none('category')
      ? await count(
          'insert into categories (name) values ($1) on conflict (name) do nothing returning 1',
          category,
        )
      : 0,
    sellers: none('seller')
      ? await count(
          'insert into sellers (name, country) values ($1, $2) on conflict (name) do nothing returning 1',
          seller,
          country,
        )
      : 0,
  };
}
