import { z } from 'zod';
import { columnTypes } from '../../shared/lake/column-types.ts';
import { capturedTables } from '../../shared/shop/captured-tables.ts';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { type Check, counted, fault, ok, shown } from './check.ts';
import { type DatabaseRule, databaseRules, instantRule } from './database-rules.ts';

const brokenRows = z.object({
  rows: z.tuple([z.object({ count: z.int(), examples: z.string().nullable() })]),
});
const countRows = z.object({ rows: z.tuple([z.object({ count: z.int() })]) });

/** What must hold in the shop's tables, each as one statement: it sees one moment. */
export function databaseChecks(db: SqlConnection): readonly Check[] {
  const instants = capturedTables.flatMap(({ name: table, columns }) =>
    columns
      .filter((column) => columnTypes[column] === 'timestamp')
      .map((column) => ({ table, column })),
  );
  const rules = [...databaseRules, instantRule(instants)];
  return [
    { area: 'database', name: 'the tables can be read', run: () => countTables(db) },
    ...rules.map((rule): Check => {
      const { name } = rule;
      return { area: 'database', name, run: () => keepsRule(db, rule) };
    }),
    { area: 'database', name: 'imported history is flagged', run: () => importFindings(db) },
  ];
}

async function keepsRule(db: SqlConnection, { broken }: DatabaseRule) {
  const found = await db.query(
    `with broken as (${broken}) select (select count(*)::int from broken) as count,
       (select string_agg(row, '; ') from (select row from broken limit ${shown}) as first_rows)
         as examples`,
  );
  const [{ count, examples }] = brokenRows.parse(found).rows;
  if (count === 0) return ok('no exception');
  return fault(counted(count, 'exception'), examples === null ? [] : [examples]);
}

async function countTables(db: SqlConnection) {
  const counts: string[] = [];
  for (const { name } of capturedTables) {
    counts.push(`${(await countOf(db, name)).toLocaleString('en')} ${name}`);
  }
  return ok(counts.join(', '));
}

/** They are no fault of the shop: the file said so, and was kept. */
async function importFindings(db: SqlConnection) {
  const count = await countOf(db, 'private.import_findings');
  return ok(count === 0 ? 'none' : `${counted(count, 'finding')} about imported orders`);
}

async function countOf(db: SqlConnection, table: string): Promise<number> {
  const counted = await db.query(`select count(*)::int as count from ${table}`);
  return countRows.parse(counted).rows[0].count;
}
