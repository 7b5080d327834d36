import type pg from 'pg';
import { z } from 'zod';

const cartRows = z.array(z.object({ first: z.coerce.number() }));

/**
 * Fills carts for orders to be made of: two products each, spread over the catalogue, with stock
 * for all of them.
 *
 * @returns the first cart's id; the others follow it.
 */
export async function fillCarts(database: pg.Client, carts: number): Promise<number> {
  await database.query('update products set stock = 1000000 where stock < 1000000');
  const { rows } = await database.query(
    `with made as (
       insert into carts (customer_id)
       select 1 + place % (select count(*) from customers) from generate_series(1, $1::integer) place
       returning id, customer_id
     ), filled as (
       insert into cart_items (cart_id, customer_id, product_id, quantity)
       select made.id, made.customer_id, product.id, 1
       from made, lateral (
         select id from products where id in (1 + made.id % 200, 1 + (made.id * 7 + 1) % 200)
       ) product
     )
     select min(id) as first from made`,
    [carts],
  );
  return cartRows.parse(rows)[0]?.first ?? 0;
}
