import { z } from 'zod';
import type { List } from '../list.ts';
import {
  choice,
  idFilter,
  idsFilter,
  moneyAtLeast,
  moneyAtMost,
  span,
  textFilter,
  within,
} from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const row = z.object({
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
  reorderPoint: z.int(),
  leadTimeDays: z.int(),
  isActive: z.boolean(),
  createdAt: rowInstant,
  updatedAt: rowInstant,
});

export const products: List<z.output<typeof row>> = {
  name: 'list-products',
  from: 'products',
  columns: `id, sku, name, description, price, stock, category_id as "categoryId",
    seller_id as "sellerId", brand, rating::float8 as rating, reorder_point as "reorderPoint",
    lead_time_days as "leadTimeDays", is_active as "isActive", created_at as "createdAt",
    updated_at as "updatedAt"`,
  row,
  sorts: {
    name: { by: 'name', type: 'text' },
    price: { by: 'price', type: 'number' },
    rating: { by: 'coalesce(rating, -1)', type: 'number' },
    createdAt: { by: 'created_at', type: 'instant' },
  },
  filters: {
    ids: idsFilter,
    category: idFilter('category_id', 'a category'),
    seller: idFilter('seller_id', 'a seller'),
    brand: textFilter('brand', 'The whole name of a brand.'),
    priceMin: moneyAtLeast('price'),
    priceMax: moneyAtMost('price'),
    inStock: choice(
      { true: 'stock > 0', false: 'stock = 0' },
      { description: 'Only products that can, or cannot, be bought now.' },
    ),
    active: choice(
      { true: 'is_active', false: 'not is_active', any: 'true' },
      { description: 'Products that are sold, that are no longer sold, or both.', usual: 'true' },
    ),
    q: within(['name', 'brand', 'sku'], 'Text within name, brand or SKU.'),
    ...span('created_at', 'New'),
  },
};
