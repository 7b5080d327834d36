import { z } from 'zod';
import { rowId } from '../schemas/common.ts';

/**
 * $1 cart, $2 its customer, or null for anyone's. Locked first of all, so that one checkout of a cart
 * comes after the other.
 */
export const lockCart = {
  name: 'lock-cart',
  sql: `select customer_id as "customerId", status from carts
    where id = $1 and ($2::bigint is null or customer_id = $2) for no key update`,
  row: z.object({ customerId: rowId, status: z.string() }),
};

/** $1 customer, $2 idempotency key. */
export const findOrder = {
  name: 'find-order',
  sql: `select id, request_hash as "requestHash" from orders
    where customer_id = $1 and idempotency_key = $2`,
  row: z.object({ id: rowId, requestHash: z.string() }),
};

/** $1 cart. Every checkout locks products in the order of their ids, so none waits in a circle. */
export const lockLines = {
  name: 'lock-lines',
  sql: `select products.id as "productId", line.quantity, products.stock,
      (products.price * 100)::bigint as "unitPriceCents", products.is_active as "isActive"
    from cart_items as line join products on products.id = line.product_id
    where line.cart_id = $1
    order by products.id for no key update of products`,
  row: z.object({
    productId: rowId,
    quantity: z.int(),
    stock: z.int(),
    unitPriceCents: z.coerce.number().int(),
    isActive: z.boolean(),
  }),
};

/**
 * The locked lines become an order with its items as sold, the stock goes down, the cart is closed.
 *
 * $1 cart, $2 channel, $3 device, $4 IP address, $5 shipping address, $6 country,
 * $7 idempotency key, $8 hash of the request, $9 time or null for now, $10 whether it tells of the
 * past.
 */
export const placeOrder = {
  name: 'place-order',
  sql: `with line as (
      select products.id, products.category_id, products.seller_id, products.price,
        cart_items.quantity, cart_items.customer_id
      from cart_items join products on products.id = cart_items.product_id
      where cart_items.cart_id = $1
    ), placed as (
      insert into orders (customer_id, total, channel, device_id, ip, shipping_address,
        shipping_country, idempotency_key, request_hash, ordered_at, is_backfill)
      select customer_id, sum(quantity * price), $2, $3, $4, $5, $6, $7, $8,
        coalesce($9::timestamptz, now()), $10
      from line group by customer_id
      returning id, customer_id, ordered_at, channel, is_backfill
    ), sold as (
      insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
        unit_price, ordered_at, channel, is_backfill)
      select placed.id, placed.customer_id, line.id, line.category_id, line.seller_id,
        line.quantity, line.price, placed.ordered_at, placed.channel, placed.is_backfill
      from placed, line order by line.id
    ), taken as (
      update products set stock = products.stock - line.quantity from line
      where products.id = line.id
    ), closed as (
      update carts set status = 'ordered' where id = $1
    )
    select id from placed`,
  row: z.object({ id: rowId }),
};
