import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { capturedTables } from './captured-tables.ts';
import { inTransaction } from './in-transaction.ts';
import type { SqlConnection } from './sql-connection.ts';

/** `shopping`: what shoppers did; `all`: also the catalogue and the customers. */
type Cleared = 'all' | 'shopping';

const LOCK_KEY = 7_461_003;
const attemptsMax = 5;
const attemptDelayMs = 200;
/** https://www.postgresql.org/docs/17/errcodes-appendix.html */
const deadlock = '40P01';

const shopping = [
  'carts',
  'cart_items',
  'wishlists',
  'orders',
  'order_items',
  'payments',
  'shipments',
  'order_adjustments',
  'order_reviews',
];
const all = capturedTables.map(({ name }) => name).filter((name) => name !== 'clock');

const dependantRows = z.object({
  rows: z.array(z.object({ table: z.string(), column: z.string() })),
});
const countRows = z.object({ rows: z.tuple([z.object({ count: z.coerce.number() })]) });

/**
 * Empties tables of the shop, in one transaction that holds their writers off. Rows are deleted, so
 * the capture tells each; what jobs and lake have learnt stays. Keys are not given out again. Stock
 * stays as it was left.
 *
 * @param db the owner's connection.
 * @returns how many rows of each captured table there were.
 */
export async function clearShop(
  db: SqlConnection,
  what: Cleared,
): Promise<Readonly<Record<string, number>>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, LOCK_KEY, () => empty(db, what === 'all' ? all : shopping));
    } catch (error) {
      // A checkout held one table and wanted the next, as this did the other way round.
      if (attempt === attemptsMax || !isDeadlock(error)) throw error;
      await sleep(attemptDelayMs * attempt);
    }
  }
}

async function empty(
  db: SqlConnection,
  tables: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  await db.query(`lock table ${tables.join(', ')} in share row exclusive mode`);
  const dependants = dependantRows.parse(await db.query(dependantsSql, [tables.join(',')])).rows;
  // Facts refuse to be deleted, and every row deleted would be looked for in all that refer to it:
  // all of those are emptied here. On Aurora the owner may set this, too:
  // https://repost.aws/knowledge-center/rds-postgresql-foreign-keys
  await db.query('set local session_replication_role = replica');
  for (const { table, column } of dependants) {
    await db.query(`delete from ${table} where ${column} is not null`);
  }
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const answer = await db.query(
      `with deleted as (delete from ${table} returning 1) select count(*) as count from deleted`,
    );
    counts[table] = countRows.parse(answer).rows[0].count;
  }
  return counts;
}

/** Tables that are not emptied themselves and refer to some that are. */
const dependantsSql = `
  select format('%I.%I', pg_namespace.nspname, pg_class.relname) as "table",
    quote_ident(pg_attribute.attname) as "column"
  from pg_constraint
    join pg_class on pg_class.oid = conrelid
    join pg_namespace on pg_namespace.oid = relnamespace
    join pg_attribute on attrelid = conrelid and attnum = conkey[1]
  where contype = 'f'
    and confrelid in (select cast(name as regclass) from unnest(string_to_array($1, ',')) as name)
    and conrelid not in (select cast(name as regclass) from unnest(string_to_array($1, ',')) as name)`;

/** The Data API tells the state in the message alone. */
function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === deadlock) || error.message.includes(deadlock);
}
