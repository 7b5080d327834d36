import { z } from 'zod';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { decimal } from './decimal.ts';
import type { FileProduct } from './formats/event-format.ts';

/** A product of the shop, as far as a line of an order needs it. */
export interface ShopProduct {
  readonly id: number;
  readonly categoryId: number;
  readonly sellerId: number;
  readonly priceCents: number;
}

/** A product that the shop may not have yet, with the price it was sold at, where that is known. */
export interface WantedProduct {
  readonly product: FileProduct;
  readonly priceCents: number | undefined;
}

export interface ShopProducts {
  /** The shop's products of these stock numbers, made where there is none. */
  of(wanted: readonly WantedProduct[]): Promise<ReadonlyMap<string, ShopProduct>>;
  /** How many were made. */
  made(): number;
}

const number = z.coerce.number();
const productRows = z.object({
  rows: z.array(
    z.object({ sku: z.string(), id: number, category: number, seller: number, cents: number }),
  ),
});
const countRows = z.object({ rows: z.tuple([z.object({ made: number })]) });

const makeCategories = `insert into categories (name)
  select distinct category from json_to_recordset($1::json) as made (category varchar)
  on conflict (name) do nothing`;

const makeSellers = `insert into sellers (name, country)
  select distinct on (seller) seller, "sellerCountry"
  from json_to_recordset($1::json) as made (seller varchar, "sellerCountry" varchar)
  on conflict (name) do nothing`;

/** Not for sale: the shop knows what it once was, not that it has any. */
const makeProducts = `with made as (
    insert into products (sku, name, price, stock, category_id, seller_id, brand, is_active)
    select made.sku, made.name, made.price, 0, categories.id, sellers.id, made.brand, false
    from json_to_recordset($1::json) as made (sku varchar, name varchar, price numeric,
        category varchar, seller varchar, brand varchar)
      join categories on categories.name = made.category
      join sellers on sellers.name = made.seller
    on conflict (sku) do nothing
    returning id)
  select count(*) as made from made`;

const findProducts = `select sku, id, category_id as category, seller_id as seller,
    (price * 100)::bigint as cents
  from products where sku in (select json_array_elements_text($1::json))`;

/** @param db as the owner of the shop's tables. */
export function shopProducts(db: SqlConnection): ShopProducts {
  const known = new Map<string, ShopProduct>();
  let made = 0;

  async function find(skus: readonly string[]): Promise<void> {
    if (skus.length === 0) return;
    const { rows } = productRows.parse(await db.query(findProducts, [JSON.stringify(skus)]));
    for (const { sku, id, category, seller, cents } of rows) {
      known.set(sku, { id, categoryId: category, sellerId: seller, priceCents: cents });
    }
  }

  async function make(wanted: readonly WantedProduct[]): Promise<void> {
    if (wanted.length === 0) return;
    const rows = wanted.map(({ product, priceCents }) => ({
      ...product,
      price: decimal(Math.max(0, priceCents ?? 0)),
    }));
    const json = JSON.stringify(rows);
    await db.query(makeCategories, [json]);
    await db.query(makeSellers, [json]);
    made += countRows.parse(await db.query(makeProducts, [json])).rows[0].made;
    await find(wanted.map(({ product }) => product.sku));
  }

  return {
    async of(wanted) {
      const strange = new Map<string, WantedProduct>();
      for (const one of wanted) {
        const { sku } = one.product;
        if (!known.has(sku) && !strange.has(sku)) strange.set(sku, one);
      }
      await find([...strange.keys()]);
      await make([...strange.values()].filter(({ product }) => !known.has(product.sku)));
      return known;
    },
    made: () => made,
  };
}
