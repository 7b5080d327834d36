import type { AthenaClient } from '@aws-sdk/client-athena';
import type { LakeDataSet } from '../../shared/lake/data-sets.ts';
import { runSql, type SqlOptions, sqlPages } from '../../shared/lake/run-sql.ts';
import { partsOf } from '../replay/lake.ts';
import { daysSql, factsIn, type Span } from '../replay/lake-queries.ts';

/** One row of a data set. */
export interface LakeRow {
  /** Equal for copies of one row. */
  readonly id: string;
  readonly atMs: number;
  /** Of the columns that were asked for, as texts. */
  readonly values: readonly string[];
}

/** Which rows are read. */
export interface WantedRows {
  readonly dataSet: LakeDataSet;
  /** Of numbers, none of them null where the condition holds. */
  readonly columns: readonly string[];
  /** A condition in SQL. */
  readonly where: string;
  readonly span: Span;
}

const hourMs = 3_600_000;

/**
 * Rows of a data set in the order of their time, some at a time: queries of some days each, or of an
 * hour where days are full, so that none has to sort all there is. Athena brings a thousand rows at a
 * time, so all of a minute, or in full hours of a second, travel as one.
 */
export async function* readRows(
  athena: AthenaClient,
  place: SqlOptions,
  wanted: WantedRows,
): AsyncIterable<readonly LakeRow[]> {
  const { rows } = await runSql(athena, daysSql(wanted.dataSet, wanted.span), place);
  const days = new Map(rows.map(([day, facts]) => [Date.parse(String(day)), Number(facts)]));
  for (const span of partsOf(days, wanted.span)) {
    const unit = span.toMs - span.fromMs > hourMs ? 'minute' : 'second';
    for await (const page of sqlPages(athena, rowsSql({ ...wanted, span }, unit), place)) {
      yield page.rows.flatMap(([packed]) => unpack(packed ?? '', wanted.columns.length));
    }
  }
}

function rowsSql({ dataSet, columns, where, span }: WantedRows, unit: string): string {
  const { primaryKey, partition } = dataSet;
  const atMs = `CAST(to_unixtime(${partition.from}) * 1000 AS bigint)`;
  const cells = [atMs, ...columns, primaryKey].map((cell) => `CAST(${cell} AS varchar)`);
  const stretch = `date_trunc('${unit}', ${partition.from})`;
  return [
    `SELECT array_join(array_agg(${cells.join(` || '|' || `)}), chr(10))`,
    ...factsIn(dataSet, span),
    `AND ${where}`,
    `GROUP BY ${stretch}`,
    `ORDER BY ${stretch}`,
  ].join('\n');
}

/** Numbers first: what stands behind them is the key, whatever is in it. */
function unpack(packed: string, columns: number): LakeRow[] {
  const rows = packed.split('\n').map((text) => {
    const [atMs, ...cells] = text.split('|');
    return {
      atMs: Number(atMs),
      values: cells.slice(0, columns),
      id: cells.slice(columns).join('|'),
    };
  });
  return rows.sort((a, b) => a.atMs - b.atMs);
}
