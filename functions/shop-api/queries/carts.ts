import { z } from 'zod';
import { rowId, rowInstant } from '../schemas/common.ts';

/** $1 customer, $2 time or null for now. No row: there is no such customer. */
export const insertCart = {
  name: 'insert-cart',
  sql: `insert into carts (customer_id, created_at)
    select id, coalesce($2::timestamptz, now()) from customers where id = $1 returning id`,
  row: z.object({ id: rowId }),
};

/** $1 cart, $2 its customer, or null for anyone's. */
export const readCart = {
  name: 'read-cart',
  sql: `select carts.id, carts.customer_id as "customerId", carts.status,
      coalesce(
        json_agg(json_build_object('id', line.id, 'productId', line.product_id,
          'name', products.name, 'quantity', line.quantity, 'unitPrice', products.price::text,
          'lineTotal', (line.quantity * products.price)::text) order by line.id)
          filter (where line.id is not null), '[]') as items,
      coalesce(sum(line.quantity * products.price), 0.00)::text as total,
      carts.created_at as "createdAt",
      greatest(carts.updated_at, max(line.updated_at)) as "updatedAt"
    from carts
      left join cart_items as line on line.cart_id = carts.id
      left join products on products.id = line.product_id
    where carts.id = $1 and ($2::bigint is null or carts.customer_id = $2) group by carts.id`,
  row: z.object({
    id: rowId,
    customerId: rowId,
    status: z.enum(['open', 'ordered', 'abandoned']),
    items: z.array(
      z.object({
        id: z.int(),
        productId: z.int(),
        name: z.string(),
        quantity: z.int(),
        unitPrice: z.string(),
        lineTotal: z.string(),
      }),
    ),
    total: z.string(),
    createdAt: rowInstant,
    updatedAt: rowInstant,
  }),
};

const openAndOwn = `where id = $1 and status = 'open' and ($2::bigint is null or customer_id = $2)`;
const itemRow = z.object({ id: rowId });

/**
 * A cart is locked before its lines change, so that a checkout at the same moment sells either the
 * cart before or the cart after. A line of the same product grows, up to $4.
 *
 * $1 cart, $2 customer or null, $3 product, $4 quantity, $5 most pieces. No row: something is in
 * the way.
 */
export const addItem = {
  name: 'add-item',
  sql: `with open_cart as (
      select id, customer_id from carts ${openAndOwn} for share
    )
    insert into cart_items (cart_id, customer_id, product_id, quantity)
    select open_cart.id, open_cart.customer_id, products.id, $4
    from open_cart, products where products.id = $3 and products.is_active
    on conflict (cart_id, product_id) do update
      set quantity = cart_items.quantity + excluded.quantity
      where cart_items.quantity + excluded.quantity <= $5
    returning id`,
  row: itemRow,
};

/** $1 cart, $2 customer or null, $3 line, $4 quantity. */
export const changeItem = {
  name: 'change-item',
  sql: `with open_cart as (
      select id from carts ${openAndOwn} for share
    )
    update cart_items set quantity = $4 from open_cart
    where cart_items.cart_id = open_cart.id and cart_items.id = $3
    returning cart_items.id`,
  row: itemRow,
};

/** $1 cart, $2 customer or null, $3 line. */
export const removeItem = {
  name: 'remove-item',
  sql: `with open_cart as (
      select id from carts ${openAndOwn} for share
    )
    delete from cart_items using open_cart
    where cart_items.cart_id = open_cart.id and cart_items.id = $3
    returning cart_items.id`,
  row: itemRow,
};
