import { z } from 'zod';
import type { List } from '../list.ts';
import { idFilter, span } from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';

const row = z.object({
  id: rowId,
  orderId: rowId,
  customerId: rowId,
  productId: rowId,
  categoryId: rowId,
  sellerId: rowId,
  quantity: z.int(),
  unitPrice: z.string(),
  lineTotal: z.string(),
  channel: z.string(),
  orderedAt: rowInstant,
});

export const orderItems: List<z.output<typeof row>> = {
  name: 'list-order-items',
  from: 'order_items',
  columns: `id, order_id as "orderId", customer_id as "customerId", product_id as "productId",
    category_id as "categoryId", seller_id as "sellerId", quantity, unit_price as "unitPrice",
    quantity * unit_price as "lineTotal", channel, ordered_at as "orderedAt"`,
  row,
  sorts: { orderedAt: { by: 'ordered_at', type: 'instant' } },
  filters: {
    order: idFilter('order_id', 'an order'),
    product: idFilter('product_id', 'a product'),
    customer: idFilter('customer_id', 'a customer'),
    ...span('ordered_at', 'Ordered'),
  },
  owner: 'customer_id',
};
