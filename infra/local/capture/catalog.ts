import type pg from 'pg';
import type { CatalogTable } from './capture-plan.ts';

const CATALOG_SQL = `
select n.nspname as schema, c.relname as name,
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum
  ) as columns,
  array(
    select a.attname::text from pg_index i
    join unnest(i.indkey) with ordinality as k (attnum, place) on true
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where i.indrelid = c.oid and i.indisprimary
    order by k.place
  ) as "primaryKey"
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 1, 2`;

/** The database's own tables, columns in their order; generated columns are not logged. */
export async function readCatalog(client: pg.Client): Promise<readonly CatalogTable[]> {
  return (await client.query<CatalogTable>(CATALOG_SQL)).rows;
}
