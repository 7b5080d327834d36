import { readdirSync } from 'node:fs';
import type { Catalog, CatalogColumn, CatalogTable } from './catalog.ts';
import { tableNotFound } from './catalog.ts';
import { QueryError } from './errors.ts';
import type { Statement, StatementName } from './statement.ts';

/** The answer of a statement that the catalogue knows: one column of text, as Hive prints it. */
export interface CatalogAnswer {
  readonly column: string;
  readonly lines: readonly string[];
}

type CatalogStatement = Exclude<Statement, { kind: 'query' }>;

/**
 * Answers a statement from the catalogue, or changes the catalogue by it.
 *
 * @param folderOf the folder in which the files under an S3 location lie.
 * @throws QueryError where Athena's statement would fail.
 */
export function runCatalogStatement(
  catalog: Catalog,
  statement: CatalogStatement,
  currentDatabase: string,
  folderOf: (location: string) => string,
): CatalogAnswer {
  const place = ({ database, name }: StatementName) => ({
    database: database ?? currentDatabase,
    name,
  });
  const existing = (name: StatementName): CatalogTable => {
    const { database, name: table } = place(name);
    const found = catalog.find(database, table);
    if (!found) throw tableNotFound(database, table);
    return found;
  };
  const nothing: CatalogAnswer = { column: 'result', lines: [] };
  switch (statement.kind) {
    case 'show-databases':
      return { column: 'database_name', lines: matching(catalog.databases(), statement.pattern) };
    case 'show-tables': {
      const database = existingDatabase(catalog, statement.database ?? currentDatabase);
      const tables = catalog
        .tables(database)
        .filter(({ viewSql }) => !statement.viewsOnly || viewSql !== undefined);
      const names = tables.map(({ name }) => name);
      return {
        column: statement.viewsOnly ? 'views' : 'tab_name',
        lines: matching(names, statement.pattern),
      };
    }
    case 'show-columns': {
      const { columns, partitionKeys } = existing(statement.table);
      return { column: 'field', lines: [...columns, ...partitionKeys].map(({ name }) => name) };
    }
    case 'describe':
      return { column: 'result', lines: describe(existing(statement.table)) };
    case 'show-partitions':
      return { column: 'partition', lines: partitions(existing(statement.table), folderOf) };
    case 'show-create':
      return { column: 'createtab_stmt', lines: createStatement(existing(statement.table)) };
    case 'repair':
      // Partitions are found in the folders with every query: there is nothing to repair.
      existing(statement.table);
      return nothing;
    case 'create-database':
      if (!catalog.databases().includes(statement.name)) catalog.addDatabase(statement.name);
      else if (!statement.ifNotExists) throw alreadyExists('Database', statement.name);
      return nothing;
    case 'create-table': {
      const { database, name } = place(statement.table);
      if (catalog.find(database, name)) {
        if (statement.ifNotExists) return nothing;
        throw alreadyExists('Table', `${database}.${name}`);
      }
      const { columns, partitionKeys, location } = statement;
      catalog.add({
        database: existingDatabase(catalog, database),
        name,
        columns: [...columns],
        partitionKeys: [...partitionKeys],
        location,
        parameters: { classification: 'parquet' },
      });
      return nothing;
    }
    case 'create-view': {
      const { database, name } = place(statement.table);
      const found = catalog.find(database, name);
      if (found && (!statement.orReplace || found.viewSql === undefined)) {
        throw alreadyExists(found.viewSql === undefined ? 'Table' : 'View', `${database}.${name}`);
      }
      catalog.add({
        database: existingDatabase(catalog, database),
        name,
        columns: [],
        partitionKeys: [],
        viewSql: statement.sql,
        parameters: { presto_view: 'true' },
      });
      return nothing;
    }
    case 'drop': {
      const { database, name } = place(statement.table);
      const found = catalog.find(database, name);
      if (!found && statement.ifExists) return nothing;
      if (!found || (found.viewSql !== undefined) !== statement.view)
        throw tableNotFound(database, name);
      catalog.drop(database, name);
      return nothing;
    }
  }
}

function existingDatabase(catalog: Catalog, name: string): string {
  if (catalog.databases().includes(name)) return name;
  throw new QueryError('SCHEMA_NOT_FOUND', `Schema '${name}' does not exist`);
}

function alreadyExists(what: string, name: string): QueryError {
  return new QueryError('ALREADY_EXISTS', `${what} '${name}' already exists`);
}

/** Hive's patterns: `*` for any text, `|` between alternatives. */
function matching(names: readonly string[], pattern: string | undefined): string[] {
  if (pattern === undefined) return [...names];
  const escaped = pattern.replace(/[.+?^${}()[\]\\]/g, '\\$&').replace(/\*|%/g, '.*');
  const expression = new RegExp(`^(?:${escaped})$`, 'i');
  return names.filter((name) => expression.test(name));
}

function describe({ columns, partitionKeys }: CatalogTable): string[] {
  const line = ({ name, type }: CatalogColumn): string =>
    `${name.padEnd(20)}\t${type.padEnd(20)}\t`;
  const lines = [...columns, ...partitionKeys].map(line);
  if (partitionKeys.length === 0) return lines;
  return [
    ...lines,
    '',
    '# Partition Information',
    '# col_name\tdata_type\tcomment',
    '',
    ...partitionKeys.map(line),
  ];
}

function partitions(
  { location, partitionKeys }: CatalogTable,
  folderOf: (location: string) => string,
): string[] {
  if (location === undefined || partitionKeys.length === 0) {
    throw new QueryError('GENERIC_USER_ERROR', 'The table is not partitioned');
  }
  let folders = [''];
  for (const { name } of partitionKeys) {
    folders = folders.flatMap((folder) => {
      const inside = subfolders(`${folderOf(location)}/${folder}`);
      return inside.filter((one) => one.startsWith(`${name}=`)).map((one) => `${folder}${one}/`);
    });
  }
  return folders.map((folder) => folder.slice(0, -1)).toSorted();
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function createStatement({
  database,
  name,
  viewSql,
  columns,
  partitionKeys,
  location,
}: CatalogTable): string[] {
  if (viewSql !== undefined) return [`CREATE VIEW ${database}.${name} AS`, ...viewSql.split('\n')];
  const list = (of: readonly CatalogColumn[]): string[] =>
    of.map(
      (column, place) => `  \`${column.name}\` ${column.type}${place < of.length - 1 ? ',' : ')'}`,
    );
  return [
    `CREATE EXTERNAL TABLE \`${database}.${name}\`(`,
    ...list(columns),
    ...(partitionKeys.length > 0 ? ['PARTITIONED BY (', ...list(partitionKeys)] : []),
    'STORED AS PARQUET',
    'LOCATION',
    `  '${location}'`,
  ];
}
