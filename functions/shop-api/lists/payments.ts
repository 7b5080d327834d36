import { z } from 'zod';
import type { List } from '../list.ts';
import { idFilter, span, wordFilter } from '../list-filters.ts';
import { rowId, rowInstant } from '../schemas/common.ts';
import { payment } from '../schemas/order.ts';

const { method, status } = payment.shape;
const row = z.object({
  id: rowId,
  orderId: rowId,
  method,
  installments: z.int(),
  amount: z.string(),
  status,
  transactionId: z.string(),
  paidAt: rowInstant.nullable(),
  createdAt: rowInstant,
});

/** Never null, as a sort has to be: what was not paid comes before all that was. */
const paidAt = `coalesce(paid_at, timestamptz '0001-01-01 00:00:00+00')`;
const paid = span(paidAt, 'Paid');

export const payments: List<z.output<typeof row>> = {
  name: 'list-payments',
  from: 'payments',
  columns: `id, order_id as "orderId", method, installments, amount, status,
    transaction_id as "transactionId", paid_at as "paidAt", created_at as "createdAt"`,
  row,
  sorts: { paidAt: { by: paidAt, type: 'instant' } },
  filters: {
    order: idFilter('order_id', 'an order'),
    customer: idFilter('customer_id', 'a customer'),
    method: wordFilter('method', method.options),
    status: wordFilter('status', status.options),
    from: paid.from,
    to: {
      ...paid.to,
      condition: (to, param) => `${paid.to.condition(to, param)} and paid_at is not null`,
    },
  },
  owner: 'customer_id',
};
