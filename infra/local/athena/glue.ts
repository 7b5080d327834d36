import { z } from 'zod';
import { viewText } from '../../../shared/lake/view-text.ts';
import { AwsError, localAccountId, localRegion, type PlayedService } from '../service.ts';
import type { Catalog, CatalogColumn, CatalogTable } from './catalog.ts';
import { runCatalogStatement } from './catalog-statements.ts';
import { answerJson, type JsonOperation, operation, page, pageInput } from './json-operations.ts';

const database = z.object({ Name: z.string() });
const databases = z.object(pageInput);
const tables = z.object({
  ...pageInput,
  DatabaseName: z.string(),
  Expression: z.string().optional(),
});
const table = z.object({ DatabaseName: z.string(), Name: z.string() });
const partitions = z.object({ ...pageInput, DatabaseName: z.string(), TableName: z.string() });

/** The Glue catalogue's API, for reading: what writes it is the template, and statements in Athena. */
export function createGlue(
  catalog: Catalog,
  folderOf: (location: string) => string,
): PlayedService {
  const findDatabase = (name: string): string => {
    const found = name.toLowerCase();
    if (catalog.databases().includes(found)) return found;
    throw new AwsError('EntityNotFoundException', `Database ${name} not found.`);
  };
  const findTable = (databaseName: string, name: string): CatalogTable => {
    const found = catalog.find(findDatabase(databaseName), name.toLowerCase());
    if (found) return found;
    throw new AwsError('EntityNotFoundException', `Table ${name} not found.`);
  };
  const operations: Readonly<Record<string, JsonOperation>> = {
    GetDatabase: operation(database, ({ Name }) => ({
      Database: { Name: findDatabase(Name), CatalogId: localAccountId },
    })),
    GetDatabases: operation(databases, (input) => {
      const { items, next } = page(catalog.databases(), input);
      return { DatabaseList: items.map((Name) => ({ Name, CatalogId: localAccountId })), ...next };
    }),
    GetTable: operation(table, (input) => ({
      Table: describeTable(findTable(input.DatabaseName, input.Name)),
    })),
    GetTables: operation(tables, (input) => {
      const pattern = new RegExp(`^(?:${input.Expression ?? '.*'})$`, 'i');
      const found = catalog
        .tables(findDatabase(input.DatabaseName))
        .filter(({ name }) => pattern.test(name));
      const { items, next } = page(found, input);
      return { TableList: items.map(describeTable), ...next };
    }),
    GetPartitions: operation(partitions, (input) => {
      const found = findTable(input.DatabaseName, input.TableName);
      if (found.partitionKeys.length === 0) return { Partitions: [] };
      const { lines } = runCatalogStatement(
        catalog,
        { kind: 'show-partitions', table: found },
        found.database,
        folderOf,
      );
      const { items, next } = page(lines, input);
      return {
        Partitions: items.map((line) => ({
          DatabaseName: found.database,
          TableName: found.name,
          Values: line.split('/').map((part) => part.split('=')[1] ?? ''),
          StorageDescriptor: { Location: `${found.location?.replace(/\/$/, '')}/${line}/` },
        })),
        ...next,
      };
    }),
  };
  return {
    signingName: 'glue',
    permissions: ({ operation: name }) => [
      {
        action: `glue:${name}`,
        resource: `arn:aws:glue:${localRegion}:${localAccountId}:catalog`,
      },
    ],
    handle: (call) => answerJson(operations, call),
    close: async () => undefined,
  };
}

function describeTable({ database: databaseName, ...found }: CatalogTable): unknown {
  const columns = (of: readonly CatalogColumn[]) =>
    of.map(({ name, type }) => ({ Name: name, Type: type }));
  const isView = found.viewSql !== undefined;
  return {
    Name: found.name,
    DatabaseName: databaseName,
    CatalogId: localAccountId,
    TableType: isView ? 'VIRTUAL_VIEW' : 'EXTERNAL_TABLE',
    Parameters: found.parameters,
    PartitionKeys: columns(found.partitionKeys),
    StorageDescriptor: { Columns: columns(found.columns), Location: found.location ?? '' },
    ...(found.description === undefined ? {} : { Description: found.description }),
    ...(found.viewSql === undefined
      ? {}
      : {
          ViewOriginalText: viewText({
            database: databaseName,
            sql: found.viewSql,
            columns: found.columns,
          }),
        }),
  };
}
