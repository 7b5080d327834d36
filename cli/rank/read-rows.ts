import type { AthenaClient } from '@aws-sdk/client-athena';
import type { LakeDataSet } from '../../shared/lake/data-sets.ts';
import { runSql, type SqlOptions, sqlPages } from '../../shared/lake/run-sql.ts';
import { partsOf } from '../replay/lake.ts';
import { instantOf } from '../replay/lake-facts.ts';
import { daysSql, factsIn, type Span } from '../replay/lake-queries.ts';

/** One row of a data set. */
export interface LakeRow {
  /** Equal for copies of one row. */
  readonly id: string;
  readonly atMs: number;
  /** Of the columns that were asked for, as Athena prints them. */
  readonly values: readonly (string | null)[];
}

/** Which rows are read. */
export interface WantedRows {
  readonly dataSet: LakeDataSet;
  readonly columns: readonly string[];
  /** A condition in SQL. */
  readonly where: string;
  readonly span: Span;
}

/**
 * Rows of a data set in the order of their time, a page at a time: queries of some days each, or of
 * an hour where days are full, so that none has to sort all there is.
 */
export async function* readRows(
  athena: AthenaClient,
  place: SqlOptions,
  wanted: WantedRows,
): AsyncIterable<readonly LakeRow[]> {
  const { rows } = await runSql(athena, daysSql(wanted.dataSet, wanted.span), place);
  const days = new Map(rows.map(([day, facts]) => [Date.parse(String(day)), Number(facts)]));
  for (const span of partsOf(days, wanted.span)) {
    for await (const page of sqlPages(athena, rowsSql({ ...wanted, span }), place)) {
      yield page.rows.map(([id, at, ...values]) => ({
        ...{ id: String(id), values },
        atMs: instantOf(at) ?? Number.NaN,
      }));
    }
  }
}

function rowsSql({ dataSet, columns, where, span }: WantedRows): string {
  const { primaryKey, partition } = dataSet;
  return [
    `SELECT ${[primaryKey, partition.from, ...columns].join(', ')}`,
    ...factsIn(dataSet, span),
    `AND ${where}`,
    `ORDER BY ${partition.from}`,
  ].join('\n');
}
