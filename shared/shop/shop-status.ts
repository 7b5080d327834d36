import { z } from 'zod';
import { capturedTables } from './captured-tables.ts';
import { readMigrations } from './migrate.ts';
import type { SqlConnection } from './sql-connection.ts';

/** How the shop's database is. */
export interface ShopStatus {
  /** PostgreSQL's own version. */
  readonly server: string;
  readonly databaseBytes: number;
  /** Name of the newest migration that is applied; undefined: none is. */
  readonly schema: string | undefined;
  /** Names of those that are not applied, and of those whose file has changed since. */
  readonly pending: readonly string[];
  readonly changed: readonly string[];
  readonly tables: readonly TableStatus[];
}

interface TableStatus {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
  /** When a row was last inserted or changed, epoch milliseconds; undefined without rows. */
  readonly lastChangeMs: number | undefined;
}

const serverRows = z.object({
  rows: z.tuple([
    z.object({ server: z.string(), bytes: z.coerce.number(), migrated: z.boolean() }),
  ]),
});
const migrationRows = z.object({
  rows: z.array(z.object({ name: z.string(), checksum: z.string() })),
});
const tableRows = z.object({
  rows: z.array(
    z.object({
      name: z.string(),
      count: z.coerce.number(),
      bytes: z.coerce.number(),
      lastChangeMs: z.coerce.number().nullable(),
    }),
  ),
});

/**
 * Looks at a shop's database and changes nothing. Rows are counted, not estimated: of a large shop
 * that takes seconds.
 *
 * @param db the owner's connection; the database may be empty.
 */
export async function readShopStatus(db: SqlConnection): Promise<ShopStatus> {
  const about = await db.query(
    `select current_setting('server_version') as server,
       pg_database_size(current_database()) as bytes,
       to_regclass('private.migrations') is not null as migrated`,
  );
  const [{ server, bytes, migrated }] = serverRows.parse(about).rows;
  const applied = migrated
    ? migrationRows.parse(
        await db.query('select name, checksum from private.migrations order by name'),
      ).rows
    : [];
  const recorded = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  const files = await readMigrations();
  return {
    server,
    databaseBytes: bytes,
    schema: applied.at(-1)?.name,
    pending: files.filter(({ name }) => !recorded.has(name)).map(({ name }) => name),
    changed: files
      .filter(({ name, checksum }) => (recorded.get(name) ?? checksum) !== checksum)
      .map(({ name }) => name),
    tables: await readTables(db),
  };
}

async function readTables(db: SqlConnection): Promise<readonly TableStatus[]> {
  const names = capturedTables.map(({ name }) => name);
  const found = await db.query(
    `select name from unnest(string_to_array($1, ',')) as name where to_regclass(name) is not null`,
    [names.join(',')],
  );
  const present = z
    .object({ rows: z.array(z.object({ name: z.string() })) })
    .parse(found)
    .rows.map(({ name }) => name);
  if (present.length === 0) return [];
  const answer = await db.query(
    present
      .map(
        (name) =>
          `select '${name}' as "name", count(*) as "count",
             pg_total_relation_size('${name}') as "bytes",
             cast(extract(epoch from max(updated_at)) * 1000 as bigint) as "lastChangeMs"
           from ${name}`,
      )
      .join(' union all '),
  );
  return tableRows.parse(answer).rows.map(({ name, count, bytes, lastChangeMs }) => ({
    name,
    rows: count,
    bytes,
    lastChangeMs: lastChangeMs ?? undefined,
  }));
}
