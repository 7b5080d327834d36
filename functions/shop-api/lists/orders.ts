import { z } from 'zod';
import type { List } from '../list.ts';
import {
  countryFilter,
  idFilter,
  moneyAtLeast,
  moneyAtMost,
  span,
  wordFilter,
} from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';
import { newOrder, order } from '../schemas/order.ts';

const { status } = order.shape;
const row = z.object({
  id: rowId,
  customerId: rowId,
  status,
  total: z.string(),
  channel: z.string(),
  shippingCountry: z.string(),
  orderedAt: rowInstant,
});

export const orders: List<z.output<typeof row>> = {
  name: 'list-orders',
  from: 'orders',
  columns: `id, customer_id as "customerId", status, total, channel,
    shipping_country as "shippingCountry", ordered_at as "orderedAt"`,
  row,
  sorts: {
    orderedAt: { by: 'ordered_at', type: 'instant' },
    total: { by: 'total', type: 'number' },
  },
  filters: {
    customer: idFilter('customer_id', 'a customer'),
    status: wordFilter('status', status.options),
    channel: wordFilter('channel', newOrder.shape.channel.unwrap().options),
    country: countryFilter('shipping_country'),
    totalMin: moneyAtLeast('total'),
    totalMax: moneyAtMost('total'),
    ...span('ordered_at', 'Ordered'),
  },
  owner: 'customer_id',
};
