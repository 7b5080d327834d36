import { z } from 'zod';
import type { SqlConnection } from './sql-connection.ts';

const countRows = z.object({ rows: z.tuple([z.object({ restocked: z.coerce.number() })]) });

/**
 * Fills up every active product that has run low, so that a shop under made-up traffic keeps
 * selling. Rows are locked in the order of their ids, as checkouts do.
 *
 * @param db the owner's connection.
 * @param options.below pieces under which a product counts as low. @default its reorder point
 * @param options.to pieces it has afterwards.
 * @returns how many products were filled up.
 */
export async function restock(
  db: SqlConnection,
  { below, to }: { below?: number; to: number },
): Promise<number> {
  const answer = await db.query(
    `with low as (
       select id from products
       where is_active and stock < coalesce($1::integer, reorder_point) and stock < $2::integer
       order by id for no key update
     ), filled as (
       update products set stock = $2::integer from low where products.id = low.id
       returning products.id
     )
     select count(*) as restocked from filled`,
    [below ?? null, to],
  );
  return countRows.parse(answer).rows[0].restocked;
}
