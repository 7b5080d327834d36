import type { TableRules } from './table-rules.ts';

/** A table as the database has it. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
}

/** A table to capture: exactly these columns, records partitioned by the value of one of them. */
export interface PlannedTable {
  readonly schema: string;
  readonly name: string;
  /** In the order of the table. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly partitionColumn: string;
}

/**
 * What the mappings mean for this database. DMS starts on less and then captures less (a table
 * without primary key loses its updates, a missing table is left out); here that is an error.
 */
export function planCapture(
  rules: TableRules,
  catalog: readonly CatalogTable[],
): readonly PlannedTable[] {
  for (const { schema, table, column } of rules.named) {
    const found = catalog.find((each) => each.schema === schema && each.name === table);
    if (found === undefined) throw problem('the database has no such table', `${schema}.${table}`);
    if (column !== undefined && !found.columns.includes(column)) {
      throw problem('the table has no such column', `${schema}.${table}.${column}`);
    }
  }
  const selected = catalog.filter(({ schema, name }) => rules.selects(schema, name));
  if (selected.length === 0) throw problem('the mappings select no table', 'none');
  return selected.map((table) => planTable(rules, table));
}

function planTable(rules: TableRules, table: CatalogTable): PlannedTable {
  const { schema, name, primaryKey } = table;
  const fullName = `${schema}.${name}`;
  const columns = table.columns.filter((column) => rules.keeps(schema, name, column));
  const partitionColumn = rules.partitionColumn(schema, name);
  if (primaryKey.length === 0) throw problem('the table has no primary key', fullName);
  for (const column of primaryKey) {
    if (!columns.includes(column)) {
      throw problem('a column of the primary key is left out', `${fullName}.${column}`);
    }
  }
  if (partitionColumn === undefined) {
    // DMS would put every change of the table under one key, that is into one shard.
    throw problem('no object-mapping names the partition key of the table', fullName);
  }
  if (!columns.includes(partitionColumn)) {
    throw problem('the partition key is left out', `${fullName}.${partitionColumn}`);
  }
  return { schema, name, columns, primaryKey, partitionColumn };
}

function problem(what: string, received: string): Error {
  return new Error(`Cannot plan capture: ${what}: received "${received}"`);
}
