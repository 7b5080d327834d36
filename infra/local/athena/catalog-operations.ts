import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../service.ts';
import type { Catalog, CatalogTable } from './catalog.ts';
import { type JsonOperation, operation, page, pageInput } from './json-operations.ts';
import type { NamedQuery, WorkGroup } from './workgroups.ts';

const catalogName = 'AwsDataCatalog';
const workGroupInput = z.object({ WorkGroup: z.string() });
const namedQueryInput = z.object({
  Name: z.string().min(1).max(128),
  Description: z.string().optional(),
  Database: z.string().min(1),
  QueryString: z.string().min(1),
  WorkGroup: z.string().default('primary'),
});
const namedQueryId = z.object({ NamedQueryId: z.string() });
const namedQueryIds = z.object({ NamedQueryIds: z.array(z.string()).min(1).max(50) });
const listInput = z.object({ ...pageInput, WorkGroup: z.string().default('primary') });
const dataCatalogInput = z.object({ Name: z.string() });
const databaseInput = z.object({ CatalogName: z.string(), DatabaseName: z.string() });
const tableInput = databaseInput.extend({ TableName: z.string() });

/** What Athena tells about workgroups, saved queries, catalogues, databases and tables. */
export function catalogOperations(
  catalog: Catalog,
  workgroups: ReadonlyMap<string, WorkGroup>,
  declared: readonly NamedQuery[],
): Readonly<Record<string, JsonOperation>> {
  // Queries saved through the API live as long as the process: the template's are the ones that stay.
  const saved = new Map(declared.map((query) => [query.NamedQueryId, query]));

  function savedQuery(id: string): NamedQuery {
    const found = saved.get(id);
    if (found) return found;
    throw new AwsError('InvalidRequestException', `NamedQuery ${id} was not found`);
  }

  function database(name: string): string {
    const found = name.toLowerCase();
    if (catalog.databases().includes(found)) return found;
    throw new AwsError('MetadataException', `EntityNotFoundException: Database ${name} not found.`);
  }

  return {
    ListWorkGroups: operation(z.object(pageInput), (input) => {
      const { items, next } = page([...workgroups.values()], input);
      return {
        WorkGroups: items.map(({ name, description, enabled }) => ({
          Name: name,
          Description: description,
          State: enabled ? 'ENABLED' : 'DISABLED',
        })),
        ...next,
      };
    }),
    GetWorkGroup: operation(workGroupInput, ({ WorkGroup: name }) => {
      const found = workgroups.get(name);
      if (!found) throw new AwsError('InvalidRequestException', `WorkGroup ${name} is not found.`);
      return {
        WorkGroup: {
          Name: found.name,
          Description: found.description,
          State: found.enabled ? 'ENABLED' : 'DISABLED',
          Configuration: {
            EnforceWorkGroupConfiguration: found.enforced,
            ResultConfiguration: { OutputLocation: found.outputLocation },
          },
        },
      };
    }),
    CreateNamedQuery: operation(namedQueryInput, (input) => {
      const NamedQueryId = randomUUID();
      saved.set(NamedQueryId, { NamedQueryId, ...input });
      return { NamedQueryId };
    }),
    GetNamedQuery: operation(namedQueryId, ({ NamedQueryId }) => ({
      NamedQuery: savedQuery(NamedQueryId),
    })),
    BatchGetNamedQuery: operation(namedQueryIds, ({ NamedQueryIds }) => ({
      NamedQueries: NamedQueryIds.flatMap((id) => saved.get(id) ?? []),
      UnprocessedNamedQueryIds: NamedQueryIds.filter((id) => !saved.has(id)).map(
        (NamedQueryId) => ({
          NamedQueryId,
          ErrorCode: 'INVALID_NAMED_QUERY_ID',
          ErrorMessage: `NamedQuery ${NamedQueryId} was not found`,
        }),
      ),
    })),
    DeleteNamedQuery: operation(namedQueryId, ({ NamedQueryId }) => {
      saved.delete(savedQuery(NamedQueryId).NamedQueryId);
      return {};
    }),
    ListNamedQueries: operation(listInput, (input) => {
      const inGroup = [...saved.values()].filter(({ WorkGroup: name }) => name === input.WorkGroup);
      const { items, next } = page(inGroup, input);
      return { NamedQueryIds: items.map(({ NamedQueryId }) => NamedQueryId), ...next };
    }),
    ListDataCatalogs: operation(z.object(pageInput), () => ({
      DataCatalogsSummary: [{ CatalogName: catalogName, Type: 'GLUE' }],
    })),
    GetDataCatalog: operation(dataCatalogInput, ({ Name }) => {
      if (Name.toLowerCase() !== catalogName.toLowerCase()) {
        throw new AwsError('InvalidRequestException', `DataCatalog ${Name} was not found`);
      }
      return { DataCatalog: { Name: catalogName, Type: 'GLUE' } };
    }),
    ListDatabases: operation(z.object({ ...pageInput, CatalogName: z.string() }), (input) => {
      const { items, next } = page(catalog.databases(), input);
      return { DatabaseList: items.map((Name) => ({ Name })), ...next };
    }),
    GetDatabase: operation(databaseInput, (input) => ({
      Database: { Name: database(input.DatabaseName) },
    })),
    ListTableMetadata: operation(
      databaseInput.extend({ ...pageInput, Expression: z.string().optional() }),
      (input) => {
        const pattern = new RegExp(`^(?:${input.Expression ?? '.*'})$`, 'i');
        const tables = catalog.tables(database(input.DatabaseName));
        const { items, next } = page(
          tables.filter(({ name }) => pattern.test(name)),
          input,
        );
        return { TableMetadataList: items.map(describeTable), ...next };
      },
    ),
    GetTableMetadata: operation(tableInput, ({ DatabaseName, TableName }) => {
      const found = catalog.find(database(DatabaseName), TableName.toLowerCase());
      if (found) return { TableMetadata: describeTable(found) };
      throw new AwsError(
        'MetadataException',
        `EntityNotFoundException: Table ${TableName} not found.`,
      );
    }),
  };
}

function describeTable({
  name,
  columns,
  partitionKeys,
  location,
  parameters,
  viewSql,
}: CatalogTable): unknown {
  const describe = (of: CatalogTable['columns']) =>
    of.map((column) => ({ Name: column.name, Type: column.type }));
  return {
    Name: name,
    TableType: viewSql === undefined ? 'EXTERNAL_TABLE' : 'VIRTUAL_VIEW',
    Columns: describe(columns),
    PartitionKeys: describe(partitionKeys),
    Parameters: location === undefined ? parameters : { ...parameters, location },
  };
}
