import { capturedTables } from '../shop/captured-tables.ts';
import { columnTypes, type GlueType } from './column-types.ts';
import { insightDataSet } from './insights.ts';

export interface LakeColumn {
  readonly name: string;
  readonly type: GlueType;
}

/**
 * Records of a stream as the lake keeps them, a row for each, partitioned by event time: changes of
 * a captured table, clicks, or insights.
 */
export interface LakeDataSet {
  /** The stream it comes from, by the name that sources use. */
  readonly stream: 'shop-changes' | 'clickstream' | 'insights';
  /** Name of the view that shows each key once, as it is now; of changes the captured table's. */
  readonly name: string;
  /** Name of the Glue table that holds all rows. */
  readonly table: string;
  /** Columns inside the files, in order: those of the record, then `_op`, `_ts`, `_event_id`. */
  readonly columns: readonly LakeColumn[];
  /**
   * Partition column (`month` is `YYYY-MM`, `day` is `YYYY-MM-DD`, UTC) and the timestamp it is cut
   * from. Rows of several types lie under their `type` first, one of those given.
   */
  readonly partition: {
    readonly name: 'month' | 'day';
    readonly from: string;
    readonly types?: readonly string[];
  };
  readonly primaryKey: string;
  /** Of rows of one key the view shows the one where this is highest. */
  readonly versionColumn: string;
  /** @default - the row of each key with the highest version */
  readonly view?: { readonly columns: readonly LakeColumn[]; readonly sql: string };
}

/** What the lake adds to every row: operation, time of commit, identity of the change. */
const changeColumns: readonly LakeColumn[] = [
  { name: '_op', type: 'string' },
  { name: '_ts', type: 'timestamp' },
  { name: '_event_id', type: 'string' },
];

/** The clicks of the shop front; a copy that was sent again is a row of its own. */
export const clickDataSet: LakeDataSet = {
  stream: 'clickstream',
  name: 'clicks',
  table: 'click_records',
  columns: [
    { name: 'event_id', type: 'string' },
    { name: 'type', type: 'string' },
    { name: 'occurred_at', type: 'timestamp' },
    { name: 'session_hash', type: 'string' },
    { name: 'user_hash', type: 'string' },
    { name: 'product_id', type: 'bigint' },
    { name: 'category', type: 'string' },
    { name: 'page', type: 'string' },
    { name: 'consent', type: 'string' },
    { name: 'is_backfill', type: 'boolean' },
    ...changeColumns,
  ],
  partition: { name: 'day', from: 'occurred_at' },
  primaryKey: 'event_id',
  versionColumn: '_ts',
};

/** What happened, as jobs read it. A new one is one line here: bucket prefix, table, view, stream and rows follow. */
export const factDataSets: readonly LakeDataSet[] = [
  changesOf('orders', { name: 'month', from: 'ordered_at' }),
  changesOf('order_items', { name: 'day', from: 'ordered_at' }),
  changesOf('order_adjustments', { name: 'day', from: 'occurred_at' }),
  changesOf('payments', { name: 'day', from: 'attempted_at' }),
  changesOf('order_reviews', { name: 'day', from: 'reviewed_at' }),
  clickDataSet,
];

/** Every data set of the lake. */
export const lakeDataSets: readonly LakeDataSet[] = [...factDataSets, insightDataSet];

function changesOf(name: string, partition: LakeDataSet['partition']): LakeDataSet {
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
    stream: 'shop-changes',
    name,
    table: `${name}_changes`,
    columns: [...columns, ...changeColumns],
    partition,
    primaryKey: captured.primaryKey,
    versionColumn: 'row_version',
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
 * The view over a data set's rows that shows every key as it is now: of changes the one with the
 * highest `row_version`, keys that were deleted left out. A delete is final and carries no version,
 * so it wins over any other change, whatever the order of arrival. Repeated rows do not show.
 *
 * `row_number` is used rather than `max_by`, whose treatment of NULL differs between engines. The
 * SQL runs unchanged in Athena and locally; the table is unqualified, the view's database resolves it.
 */
export function currentStateSql(dataSet: LakeDataSet): string {
  if (dataSet.view) return dataSet.view.sql;
  const columns = currentStateColumns(dataSet).map((column) => column.name);
  return [
    `SELECT ${columns.join(', ')}`,
    'FROM (',
    `  SELECT ${columns.join(', ')}, _op, row_number() OVER (`,
    `    PARTITION BY ${dataSet.primaryKey}`,
    `    ORDER BY CASE WHEN _op = 'delete' THEN 1 ELSE 0 END DESC, ${dataSet.versionColumn} DESC`,
    '  ) AS _rank',
    `  FROM ${dataSet.table}`,
    ') AS ranked',
    "WHERE _rank = 1 AND _op <> 'delete'",
  ].join('\n');
}

/** The names of a data set's partitions, the outermost first. */
export function partitionNames({ partition }: LakeDataSet): readonly string[] {
  return partition.types ? ['type', partition.name] : [partition.name];
}

/** The columns of the current-state view: those of the record, without what the lake added. */
export function currentStateColumns(dataSet: LakeDataSet): readonly LakeColumn[] {
  return dataSet.view?.columns ?? dataSet.columns.filter((one) => !changeColumns.includes(one));
}
