import { z } from 'zod';
import type { List } from '../list.ts';
import { countryFilter, idFilter, wordFilter } from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';
import { shipment } from '../schemas/shipment.ts';

const { status } = shipment.shape;
const row = z.object({
  id: rowId,
  orderId: rowId,
  status,
  carrier: z.string(),
  shippingCountry: z.string(),
  shippedAt: rowInstant.nullable(),
  deliveredAt: rowInstant.nullable(),
  createdAt: rowInstant,
});

export const shipments: List<z.output<typeof row>> = {
  name: 'list-shipments',
  from: 'shipments',
  columns: `id, order_id as "orderId", status, carrier, shipping_country as "shippingCountry",
    shipped_at as "shippedAt", delivered_at as "deliveredAt", created_at as "createdAt"`,
  row,
  sorts: {},
  filters: {
    order: idFilter('order_id', 'an order'),
    customer: idFilter('customer_id', 'a customer'),
    status: wordFilter('status', status.options),
    country: countryFilter('shipping_country'),
  },
  owner: 'customer_id',
};
