import { z } from 'zod';
import type { List } from '../list.ts';
import { idFilter, span, wordFilter } from '../list-filters.ts';
import { cart } from '../schemas/cart.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const { status } = cart.shape;
const row = z.object({
  id: rowId,
  customerId: rowId,
  status,
  createdAt: rowInstant,
  updatedAt: rowInstant,
});

export const carts: List<z.output<typeof row>> = {
  name: 'list-carts',
  from: 'carts',
  columns: `id, customer_id as "customerId", status, created_at as "createdAt",
    updated_at as "updatedAt"`,
  row,
  sorts: { createdAt: { by: 'created_at', type: 'instant' } },
  filters: {
    customer: idFilter('customer_id', 'a customer'),
    status: wordFilter('status', status.options),
    ...span('created_at', 'Taken'),
  },
  owner: 'customer_id',
};
