import type { Endpoint } from '../../../shared/api/endpoint.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { itemEndpoint, listEndpoint } from '../list-endpoints.ts';
import { products } from '../lists/products.ts';
import { unknownReferences } from '../queries/products.ts';
import { newProduct, product, productChange } from '../schemas/product.ts';
import { changeEndpoint, createEndpoint } from '../write-endpoints.ts';

const description = {
  list: products,
  path: '/products',
  tag: 'catalogue',
  many: 'Products that are sold',
  one: 'product',
  item: product,
  access: 'anyone',
} as const;

const writing = {
  description,
  access: ['operator'],
  columns: {
    sku: 'sku',
    name: 'name',
    description: 'description',
    price: 'price',
    stock: 'stock',
    categoryId: 'category_id',
    sellerId: 'seller_id',
    brand: 'brand',
    rating: 'rating',
    reorderPoint: 'reorder_point',
    leadTimeDays: 'lead_time_days',
    isActive: 'is_active',
  },
  unique: { products_sku_key: 'sku' },
  check: unknownReferences,
} as const;

/** Products are never deleted: one that is no longer sold has `isActive: false`. */
export function productRoutes(database: Database): readonly Endpoint[] {
  return [
    listEndpoint(database, description),
    createEndpoint(database, { ...writing, body: newProduct }),
    itemEndpoint(database, description),
    changeEndpoint(database, { ...writing, body: productChange }),
  ];
}
