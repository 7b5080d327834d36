import { capturedTables } from '../shop/captured-tables.ts';
import { columnTypes, type GlueType } from './column-types.ts';

export interface LakeColumn {
  readonly name: string;
  readonly type: GlueType;
}

/** One captured table as the lake keeps it: an append-only log of its changes, partitioned by event time. */
export interface LakeDataSet {
  /** Name of the captured table, and of the view that shows its current state. */
  readonly name: string;
  /** Name of the Glue table that holds the changes: `<name>_changes`. */
  readonly table: string;
  /** Columns inside the files, in order: the captured ones, then `_op`, `_ts`, `_event_id`. */
  readonly columns: readonly LakeColumn[];
  /** Partition column (`month` is `YYYY-MM`, `day` is `YYYY-MM-DD`, UTC) and the timestamp it is cut from. */
  readonly partition: { readonly name: 'month' | 'day'; readonly from: string };
  readonly primaryKey: string;
}

/** What the lake adds to every row: operation, time of commit, identity of the change. */
const changeColumns: readonly LakeColumn[] = [
  { name: '_op', type: 'string' },
  { name: '_ts', type: 'timestamp' },
  { name: '_event_id', type: 'string' },
];

/** Every data set of the lake. A new one is one line here: bucket prefix, table, view, stream and rows follow. */
export const lakeDataSets: readonly LakeDataSet[] = [
  dataSet('orders', { name: 'month', from: 'ordered_at' }),
  dataSet('order_items', { name: 'day', from: 'ordered_at' }),
  dataSet('order_adjustments', { name: 'day', from: 'occurred_at' }),
];

function dataSet(name: string, partition: LakeDataSet['partition']): LakeDataSet {
  const captured = capturedTables.find((table) => table.name === name);
  if (!captured) {
    throw new Error(`Cannot declare data set: the table is not captured: received "${name}"`);
  }
  const columns = captured.columns.map((column) => ({ name: column, type: typeOf(column) }));
  if (columns.find((column) => column.name === partition.from)?.type !== 'timestamp') {
    throw new Error(
      `Cannot declare data set ${name}: it must be partitioned by one of its timestamps: received "${partition.from}"`,
    );
  }
  return {
    name,
    table: `${name}_changes`,
    columns: [...columns, ...changeColumns],
    partition,
    primaryKey: captured.primaryKey,
  };
}

function typeOf(column: string): GlueType {
  const type = columnTypes[column];
  if (type === undefined) {
    throw new Error(
      `Cannot declare data set: no Glue type is given in column-types.ts: received "${column}"`,
    );
  }
  return type;
}

/**
 * The view over a data set's changes that shows every row as it is now: the change with the highest
 * `row_version` per key, keys that were deleted left out. A delete is final and carries no version,
 * so it wins over any other change, whatever the order of arrival. Repeated changes do not show.
 *
 * `row_number` is used rather than `max_by`, whose treatment of NULL differs between engines. The
 * SQL runs unchanged in Athena and locally; the table is unqualified, the view's database resolves it.
 */
export function currentStateSql(dataSet: LakeDataSet): string {
  const columns = currentStateColumns(dataSet).map((column) => column.name);
  return [
    `SELECT ${columns.join(', ')}`,
    'FROM (',
    `  SELECT ${columns.join(', ')}, _op, row_number() OVER (`,
    `    PARTITION BY ${dataSet.primaryKey}`,
    "    ORDER BY CASE WHEN _op = 'delete' THEN 1 ELSE 0 END DESC, row_version DESC",
    '  ) AS _rank',
    `  FROM ${dataSet.table}`,
    ') AS ranked',
    "WHERE _rank = 1 AND _op <> 'delete'",
  ].join('\n');
}

/** The columns of the current-state view: the captured ones, without those the lake added. */
export function currentStateColumns(dataSet: LakeDataSet): readonly LakeColumn[] {
  return dataSet.columns.filter((column) => !changeColumns.includes(column));
}
