import { z } from 'zod';
import type { ProblemField } from '../../../shared/http/problem.ts';
import type { Queries } from '../../../shared/sql/query.ts';

const LOCK_KEY = 7_461_003;

// One after the other, or two that move at the same moment could each end below the other.
const lockTree = {
  name: 'lock-categories',
  sql: 'select pg_advisory_xact_lock($1)::text as locked',
  row: z.unknown(),
};

/** $1 category: itself and all that stand above it. */
const pathOf = {
  name: 'category-path',
  sql: `with recursive above as (
      select id, parent_id from categories where id = $1
      union select categories.id, categories.parent_id
      from categories join above on categories.id = above.parent_id
    )
    select id from above`,
  row: z.object({ id: z.coerce.number().int() }),
};

/** Why a category cannot stand below another: there is none, or it stands below this one itself. */
export async function misplaced(
  queries: Queries,
  { parentId }: { parentId?: number | null | undefined },
  change?: { readonly id: number },
): Promise<readonly ProblemField[]> {
  if (parentId === undefined || parentId === null) return [];
  await queries.row(lockTree, [LOCK_KEY]);
  const path = await queries.rows(pathOf, [parentId]);
  if (path.length === 0) return [{ field: 'parentId', reason: 'There is no such category' }];
  if (path.every(({ id }) => id !== change?.id)) return [];
  return [{ field: 'parentId', reason: 'Stands below this category, or is it' }];
}
