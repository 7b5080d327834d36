import { runSql } from '../../../shared/lake/run-sql.ts';
import type { Lake } from '../../balance/lake-rows.ts';
import type { Figures } from './figures.ts';

/** The figures of each window that holds anything, and the windows that hold history. */
export async function figuresOfLake(
  { client, ...place }: Lake,
  queries: readonly string[],
): Promise<{ figures: ReadonlyMap<number, Figures>; history: ReadonlySet<number> }> {
  const figures = new Map<number, Record<string, number>>();
  const history = new Set<number>();
  for (const sql of queries) {
    const { columns, rows } = await runSql(client, sql, place);
    for (const [start, part = '', told, ...values] of rows) {
      const startMs = Number(start);
      const ofWindow = figures.get(startMs) ?? {};
      figures.set(startMs, ofWindow);
      if (told === '1') history.add(startMs);
      const prefix = part === '' ? '' : `${part} `;
      for (const [index, value] of values.entries()) {
        ofWindow[`${prefix}${columns[index + 3]?.name}`] = Number(value ?? 0);
      }
    }
  }
  return { figures, history };
}
