import { z } from 'zod';
import type { List } from '../list.ts';
import { idFilter } from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const row = z.object({ id: rowId, customerId: rowId, productId: rowId, createdAt: rowInstant });

export const wishlist: List<z.output<typeof row>> = {
  name: 'list-wishlist',
  from: 'wishlists',
  columns: 'id, customer_id as "customerId", product_id as "productId", created_at as "createdAt"',
  row,
  sorts: {},
  filters: {
    customer: idFilter('customer_id', 'a customer'),
    product: idFilter('product_id', 'a product'),
  },
  owner: 'customer_id',
};
