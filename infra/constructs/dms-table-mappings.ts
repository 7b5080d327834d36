import type { CapturedTable } from '../../shared/shop/captured-tables.ts';

interface RuleName {
  readonly 'rule-id': string;
  readonly 'rule-name': string;
}

interface TableLocator {
  readonly 'schema-name': string;
  readonly 'table-name': string;
}

/** Captures a table. */
export interface SelectionRule extends RuleName {
  readonly 'rule-type': 'selection';
  readonly 'rule-action': 'include';
  readonly 'object-locator': TableLocator;
  readonly filters: readonly [];
}

/** Lets a column leave; a table with one such rule keeps back every column that has none. */
export interface ColumnRule extends RuleName {
  readonly 'rule-type': 'transformation';
  readonly 'rule-target': 'column';
  readonly 'rule-action': 'include-column';
  readonly 'object-locator': TableLocator & { readonly 'column-name': string };
  readonly value: null;
  readonly 'old-value': null;
}

/** Says which column's value is the partition key of the table's records. */
export interface PartitionRule extends RuleName {
  readonly 'rule-type': 'object-mapping';
  readonly 'rule-action': 'map-record-to-record';
  readonly 'object-locator': TableLocator;
  readonly 'mapping-parameters': {
    readonly 'partition-key-type': 'attribute-name';
    readonly 'partition-key-name': string;
  };
}

export interface TableMappings {
  readonly rules: readonly (SelectionRule | ColumnRule | PartitionRule)[];
}

/**
 * The captured tables as DMS table mappings: for each table a rule that selects it, one per column
 * that may leave, and one for the partition key. DMS checks none of this before it runs, so it is
 * checked here.
 *
 * @param schema PostgreSQL schema of the tables.
 * @throws Error when a table leaves its primary key or partition key behind, or stands there twice.
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.html
 */
export function dmsTableMappings(
  tables: readonly CapturedTable[],
  schema = 'public',
): TableMappings {
  const names = tables.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw fault('it is listed twice', repeated);
  // Rule ids are unique over all rules; a table's own hundred leaves the other tables' ids alone.
  return { rules: tables.flatMap((table, index) => tableRules(table, schema, (index + 1) * 100)) };
}

function tableRules(table: CapturedTable, schema: string, firstId: number): TableMappings['rules'] {
  const { name, columns, primaryKey, partitionKey } = table;
  for (const key of [primaryKey, partitionKey]) {
    if (!columns.includes(key)) throw fault(`its key "${key}" is not among its columns`, name);
  }
  if (new Set(columns).size < columns.length) throw fault('a column is listed twice', name);
  if (columns.length > 98) throw fault('it has more than 98 columns', name);
  const locator = { 'schema-name': schema, 'table-name': name };
  return [
    {
      'rule-type': 'selection',
      'rule-id': String(firstId),
      'rule-name': `capture-${name}`,
      'rule-action': 'include',
      'object-locator': locator,
      filters: [],
    },
    ...columns.map(
      (column, index): ColumnRule => ({
        'rule-type': 'transformation',
        'rule-id': String(firstId + 1 + index),
        'rule-name': `keep-${name}-${column}`,
        'rule-target': 'column',
        'rule-action': 'include-column',
        'object-locator': { ...locator, 'column-name': column },
        value: null,
        'old-value': null,
      }),
    ),
    {
      'rule-type': 'object-mapping',
      'rule-id': String(firstId + 99),
      'rule-name': `partition-${name}`,
      'rule-action': 'map-record-to-record',
      'object-locator': locator,
      'mapping-parameters': {
        'partition-key-type': 'attribute-name',
        'partition-key-name': partitionKey,
      },
    },
  ];
}

function fault(what: string, table: string): Error {
  return new Error(`Cannot map table: ${what}: received "${table}"`);
}
