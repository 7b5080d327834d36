import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Resource } from '../service.ts';
import { QueryError } from './errors.ts';

const column = z.object({ name: z.string(), type: z.string() });
const storedTable = z.object({
  database: z.string(),
  name: z.string(),
  columns: z.array(column),
  partitionKeys: z.array(column),
  /** `s3://bucket/prefix/` of a table's files; undefined for a view. */
  location: z.string().optional(),
  /** The SQL of a view, in Athena's words; undefined for a table. */
  viewSql: z.string().optional(),
  parameters: z.record(z.string(), z.string()).default({}),
  description: z.string().optional(),
});
const storedCatalog = z.object({
  databases: z.array(z.string()).default([]),
  tables: z.array(storedTable).default([]),
  dropped: z.array(z.string()).default([]),
});

/** A table or view of the Glue catalogue. Plain data: it travels to the engine's thread. */
export type CatalogTable = z.infer<typeof storedTable>;
export type CatalogColumn = z.infer<typeof column>;

const glueDatabase = z.object({ DatabaseInput: z.object({ Name: z.string().optional() }) });
const glueColumn = z.object({ Name: z.string(), Type: z.string().default('string') });
const glueTable = z.object({
  DatabaseName: z.string(),
  TableInput: z.object({
    Name: z.string(),
    TableType: z.string().optional(),
    Description: z.string().optional(),
    Parameters: z.record(z.string(), z.coerce.string()).default({}),
    PartitionKeys: z.array(glueColumn).default([]),
    ViewOriginalText: z.string().optional(),
    StorageDescriptor: z
      .object({ Location: z.string().optional(), Columns: z.array(glueColumn).default([]) })
      .prefault({}),
  }),
});
const viewDocument = z.object({ originalSql: z.string() });

/** The Glue catalogue: what the template declares, and what statements added. Names are lower case. */
export interface Catalog {
  databases(): readonly string[];
  tables(database: string): readonly CatalogTable[];
  find(database: string, name: string): CatalogTable | undefined;
  addDatabase(name: string): void;
  add(table: CatalogTable): void;
  drop(database: string, name: string): void;
}

/** @throws Error when a table of the template cannot be read. */
export function openCatalog(
  directory: string,
  databases: readonly Resource[],
  tables: readonly Resource[],
): Catalog {
  const file = path.join(directory, 'catalog.json');
  const declared = new Map(tables.map(readTable).map((table) => [keyOf(table), table]));
  const declaredDatabases = databases.map(({ properties, ref }) =>
    (glueDatabase.parse(properties).DatabaseInput.Name ?? ref).toLowerCase(),
  );
  const added = storedCatalog.parse(readJson(file) ?? {});
  const save = (): void => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(added));
    renameSync(`${file}.new`, file);
  };
  const all = (): CatalogTable[] => {
    const byKey = new Map(declared);
    for (const key of added.dropped) byKey.delete(key);
    for (const table of added.tables) byKey.set(keyOf(table), table);
    return [...byKey.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  };
  return {
    databases: () => [...new Set(['default', ...declaredDatabases, ...added.databases])].toSorted(),
    tables: (database) => all().filter((table) => table.database === database),
    find: (database, name) =>
      all().find((table) => table.database === database && table.name === name),
    addDatabase(name) {
      added.databases.push(name);
      save();
    },
    add(table) {
      added.tables = [...added.tables.filter((other) => keyOf(other) !== keyOf(table)), table];
      save();
    },
    drop(database, name) {
      const key = keyOf({ database, name });
      added.tables = added.tables.filter((table) => keyOf(table) !== key);
      if (declared.has(key)) added.dropped.push(key);
      save();
    },
  };
}

function keyOf({ database, name }: { database: string; name: string }): string {
  return `${database}.${name}`;
}

function readTable({ logicalId, properties }: Resource): CatalogTable {
  const parsed = glueTable.safeParse(properties);
  if (!parsed.success) {
    throw new Error(`Cannot play Glue table ${logicalId}: ${z.prettifyError(parsed.error)}`);
  }
  const { DatabaseName, TableInput: input } = parsed.data;
  const common = {
    database: DatabaseName.toLowerCase(),
    name: input.Name.toLowerCase(),
    columns: input.StorageDescriptor.Columns.map(readColumn),
    partitionKeys: input.PartitionKeys.map(readColumn),
    parameters: input.Parameters,
    description: input.Description,
  };
  if (input.TableType === 'VIRTUAL_VIEW') {
    return { ...common, viewSql: readViewSql(input.Name, input.ViewOriginalText ?? '') };
  }
  if (input.StorageDescriptor.Location === undefined) {
    throw new Error(`Cannot play Glue table ${input.Name}: it has no location`);
  }
  return { ...common, location: input.StorageDescriptor.Location };
}

function readColumn({ Name, Type }: { Name: string; Type: string }): CatalogColumn {
  return { name: Name.toLowerCase(), type: Type.toLowerCase() };
}

/** A view's text is a comment around base64 of a document that holds its SQL. */
function readViewSql(name: string, text: string): string {
  const encoded = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/.exec(text.trim())?.[1];
  if (encoded === undefined) {
    throw new Error(`Cannot play view ${name}: ViewOriginalText is not what Athena writes`);
  }
  return viewDocument.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')))
    .originalSql;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws QueryError TABLE_NOT_FOUND */
export function tableNotFound(database: string, name: string): QueryError {
  return new QueryError(
    'TABLE_NOT_FOUND',
    `Table 'awsdatacatalog.${database}.${name}' does not exist`,
  );
}
