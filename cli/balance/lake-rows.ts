import type { AthenaClient } from '@aws-sdk/client-athena';
import { type LakeDataSet, lakeDataSets } from '../../shared/lake/data-sets.ts';
import { timestampText } from '../../shared/lake/rows.ts';
import { runSql, type SqlOptions } from '../../shared/lake/run-sql.ts';

/** The lake of one stage. */
export interface Lake extends SqlOptions {
  readonly client: AthenaClient;
}

/** Data sets that are copies of tables. */
export const copiedTables: readonly LakeDataSet[] = lakeDataSets.filter(
  ({ stream }) => stream === 'shop-changes',
);

/** Rows that the view of a data set shows, those made before an instant, and how many keys they have. */
export async function landedRows(
  lake: Lake,
  { name, primaryKey }: LakeDataSet,
  createdBeforeMs?: number,
): Promise<{ readonly all: number; readonly distinct: number }> {
  const before =
    createdBeforeMs === undefined
      ? ''
      : ` where created_at < timestamp '${timestampText(createdBeforeMs)}'`;
  const [all, distinct] = await numbers(
    lake,
    `select count(*), count(distinct ${primaryKey}) from ${name}${before}`,
  );
  return { all: all ?? 0, distinct: distinct ?? 0 };
}

/** The first row of an answer, as numbers; NULL is 0. */
export async function numbers({ client, ...place }: Lake, sql: string): Promise<readonly number[]> {
  const { rows } = await runSql(client, sql, place);
  return (rows[0] ?? []).map((value) => Number(value ?? 0));
}
