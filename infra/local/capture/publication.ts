import pg from 'pg';
import type { PlannedTable } from './capture-plan.ts';

/**
 * Makes the publication hold exactly the planned tables and columns, so that nothing else leaves the
 * database at all. Changes logged before are still sent by the definition of their time.
 *
 * @param client the owner of the tables.
 */
export async function publish(
  client: pg.Client,
  publication: string,
  tables: readonly PlannedTable[],
): Promise<void> {
  const current = await readPublication(client, publication);
  const wanted = tables.map(({ schema, name, columns }) => [schema, name, ...columns].join('\0'));
  if (current !== undefined && wanted.toSorted().join() === current.toSorted().join()) return;
  const name = pg.escapeIdentifier(publication);
  const list = tables.map((table) => `table ${tableName(table)} (${columnList(table.columns)})`);
  await client.query(
    current === undefined
      ? `create publication ${name} for ${list.join(', ')}`
      : `alter publication ${name} set ${list.join(', ')}`,
  );
}

async function readPublication(
  client: pg.Client,
  publication: string,
): Promise<readonly string[] | undefined> {
  const known = await client.query('select from pg_publication where pubname = $1', [publication]);
  if (known.rowCount === 0) return undefined;
  const { rows } = await client.query<{ schema: string; name: string; columns: string[] }>(
    `select schemaname as schema, tablename as name, attnames::text[] as columns
     from pg_publication_tables where pubname = $1`,
    [publication],
  );
  return rows.map(({ schema, name, columns }) => [schema, name, ...columns].join('\0'));
}

export function tableName({ schema, name }: { schema: string; name: string }): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

export function columnList(columns: readonly string[]): string {
  return columns.map((column) => pg.escapeIdentifier(column)).join(', ');
}
