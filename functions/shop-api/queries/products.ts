import { z } from 'zod';
import type { Query } from '../../../shared/sql/query.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const columns = `id, sku, name, description, price, stock, category_id as "categoryId",
  seller_id as "sellerId", brand, rating::float8 as rating, is_active as "isActive",
  created_at as "createdAt", updated_at as "updatedAt"`;

const productRow = z.object({
  id: rowId,
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: z.string(),
  stock: z.int(),
  categoryId: rowId,
  sellerId: rowId,
  brand: z.string(),
  rating: z.number().nullable(),
  isActive: z.boolean(),
  createdAt: rowInstant,
  updatedAt: rowInstant,
});

export type ProductRow = z.output<typeof productRow>;

/** $1 id after which, $2 rows at most, $3 category or null, $4 pattern or null, $5 in stock or null. */
export const listProducts: Query<ProductRow> = {
  name: 'list-products',
  sql: `select ${columns} from products
    where is_active and id > $1
      and ($3::bigint is null or category_id = $3)
      and ($4::text is null or name ilike $4 or brand ilike $4 or sku ilike $4)
      and ($5::boolean is null or (stock > 0) = $5)
    order by id limit $2`,
  row: productRow,
};

/** $1 id; also a product that is no longer sold. */
export const readProduct: Query<ProductRow> = {
  name: 'read-product',
  sql: `select ${columns} from products where id = $1`,
  row: productRow,
};

export const listCategories = {
  name: 'list-categories',
  sql: 'select id, name, parent_id as "parentId" from categories order by id',
  row: z.object({ id: rowId, name: z.string(), parentId: z.nullable(rowId) }),
};
