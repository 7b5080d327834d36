import type { LakeDataSet } from '../../shared/lake/data-sets.ts';
import { timestampText } from '../../shared/lake/rows.ts';

/** A stretch of time: `fromMs` is in it, `toMs` is not. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the partitions are declared to hold. */
export const allOfTheLake: Span = {
  fromMs: Date.UTC(2000, 0, 1),
  toMs: Date.UTC(9999, 11, 31),
};

/** Asks for the facts of a data set whose time lies in a span; partitions are pruned. */
export function factsSql(dataSet: LakeDataSet, span: Span): string {
  const columns = dataSet.columns.map((column) => column.name);
  return [`SELECT ${columns.join(', ')}`, ...factsIn(dataSet, span)].join('\n');
}

/** Asks how many facts each day of a span holds, of days that hold any, in order. */
export function daysSql(dataSet: LakeDataSet, span: Span): string {
  const day = `CAST(${dataSet.partition.from} AS date)`;
  return [
    `SELECT ${day} AS fact_day, count(*) AS facts`,
    ...factsIn(dataSet, span),
    `GROUP BY ${day}`,
    'ORDER BY 1',
  ].join('\n');
}

/** Asks for the identities of the facts whose time lies in a span. */
export function identitiesSql(dataSet: LakeDataSet, span: Span): string {
  return ['SELECT DISTINCT _event_id', ...factsIn(dataSet, span)].join('\n');
}

/** Asks how many facts of a data set were told later than they happened, each once. */
export function backfillSql({ table, primaryKey }: LakeDataSet, fromKey?: string): string {
  const from = fromKey === undefined ? '' : ` AND ${primaryKey} >= ${BigInt(fromKey)}`;
  return `SELECT count(DISTINCT ${primaryKey}) FROM ${table} WHERE is_backfill AND _op = 'insert'${from}`;
}

/** The rows of a data set whose time lies in a span, as SQL says it from FROM on. */
export function factsIn(
  { table, partition }: LakeDataSet,
  { fromMs, toMs }: Span,
): readonly string[] {
  const { name, from } = partition;
  const length = name === 'month' ? 7 : 10;
  const partitionOf = (atMs: number): string => timestampText(atMs).slice(0, length);
  return [
    `FROM ${table}`,
    `WHERE ${name} BETWEEN '${partitionOf(fromMs)}' AND '${partitionOf(toMs - 1)}'`,
    `AND _op = 'insert'`,
    `AND ${from} >= TIMESTAMP '${timestampText(fromMs)}'`,
    `AND ${from} < TIMESTAMP '${timestampText(toMs)}'`,
  ];
}
