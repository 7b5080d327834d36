import { z } from 'zod';
import type { ProblemField } from '../../../shared/http/problem.ts';
import type { Queries } from '../../../shared/sql/query.ts';

const whatExists = {
  name: 'what-a-product-needs',
  sql: `select exists (select from categories where id = $1) as category,
    exists (select from sellers where id = $2) as seller`,
  row: z.object({ category: z.boolean(), seller: z.boolean() }),
};

/** Which of the rows that a product refers to there are not. */
export async function unknownReferences(
  queries: Queries,
  { categoryId, sellerId }: { categoryId?: number | undefined; sellerId?: number | undefined },
): Promise<readonly ProblemField[]> {
  const exists = await queries.row(whatExists, [categoryId ?? null, sellerId ?? null]);
  const errors: ProblemField[] = [];
  if (categoryId !== undefined && !exists?.category) {
    errors.push({ field: 'categoryId', reason: 'There is no such category' });
  }
  if (sellerId !== undefined && !exists?.seller) {
    errors.push({ field: 'sellerId', reason: 'There is no such seller' });
  }
  return errors;
}
