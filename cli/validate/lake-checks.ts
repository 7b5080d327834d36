import { z } from 'zod';
import { type LakeDataSet, lakeDataSets, partitionNames } from '../../shared/lake/data-sets.ts';
import { timestampText } from '../../shared/lake/rows.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import { copiedTables, type Lake, landedRows, numbers } from '../balance/lake-rows.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok } from './check.ts';
import { settled } from './settled.ts';

export interface LakeChecks {
  readonly db: SqlConnection;
  readonly lake: Lake;
  /** What was committed before it has had the time to land. */
  readonly settledMs: number;
}

/** What a data set's rows add up to; it tells of values that changed on their way. */
const sums: Readonly<Record<string, string>> = {
  orders: 'sum(total)',
  order_items: 'sum(quantity * unit_price)',
  payments: 'sum(amount)',
  order_adjustments: 'sum(amount)',
  order_reviews: 'sum(order_total)',
};

/** What must hold in the lake, data set by data set. */
export function lakeChecks(place: LakeChecks): readonly Check[] {
  const copied = copiedTables.flatMap((dataSet): Check[] => {
    const check = (name: string, judge: typeof sameRows): Check => ({
      area: 'lake',
      name: `${dataSet.name}: ${name}`,
      run: () => settled(() => judge(place, dataSet)),
    });
    return [
      check('the rows are those of the shop', sameRows),
      check('they add up to the same', sameSum),
      check('the newest has landed', isFresh),
    ];
  });
  const all = lakeDataSets.flatMap((dataSet): Check[] => [
    {
      area: 'lake',
      name: `${dataSet.name}: a repeated row says the same`,
      run: () => repeatedRows(place, dataSet),
    },
    {
      area: 'lake',
      name: `${dataSet.name}: the columns are those declared`,
      run: () => declaredColumns(place, dataSet),
    },
  ]);
  return [...copied, ...all];
}

async function sameRows({ db, lake, settledMs }: LakeChecks, dataSet: LakeDataSet) {
  const { all, distinct } = await landedRows(lake, dataSet, settledMs);
  const kept = await countIn(db, dataSet.name, settledMs);
  if (all > distinct) return fault(`${counted(all - distinct, 'row')} shown twice`);
  if (distinct < kept) {
    return fault(`${counted(kept - distinct, 'row')} of ${kept.toLocaleString('en')} not landed`);
  }
  if (distinct > kept) {
    return fault(`${counted(distinct - kept, 'row')} that the shop does not have`);
  }
  return ok(counted(kept, 'row'));
}

async function sameSum({ db, lake, settledMs }: LakeChecks, { name }: LakeDataSet) {
  const sum = sums[name];
  if (sum === undefined) return notChecked('nothing to add up is declared');
  const [landed = 0] = await numbers(
    lake,
    `select ${sum} * 100 from ${name} where created_at < timestamp '${timestampText(settledMs)}'`,
  );
  const there = await numberIn(
    db,
    `select (coalesce(${sum}, 0) * 100)::bigint::text as number from ${name}
     where created_at < $1::text::timestamptz`,
    settledMs,
  );
  const amounts = `${(landed / 100).toFixed(2)} in the lake, ${(there / 100).toFixed(2)} in the shop`;
  return landed === there ? ok((there / 100).toFixed(2)) : fault(amounts);
}

async function isFresh({ db, lake, settledMs }: LakeChecks, { name, table }: LakeDataSet) {
  const newest = await numberIn(
    db,
    `select coalesce(floor(extract(epoch from max(updated_at)) * 1000), 0)::bigint::text as number
     from ${name} where updated_at < $1::text::timestamptz`,
    settledMs,
  );
  if (newest === 0) return notChecked('the table is empty');
  const [landed = 0] = await numbers(
    lake,
    `select round(to_unixtime(max(_ts)) * 1000) from ${table}`,
  );
  const lateMs = newest - landed;
  if (lateMs <= 0) return ok(`up to ${new Date(newest).toISOString()}`);
  const text = landed === 0 ? 'nothing has landed' : `${(lateMs / 1000).toFixed(1)} s behind`;
  return fault(text, [`a change of ${new Date(newest).toISOString()} has not landed`]);
}

/** Delivery is at least once and the view hides repeats; two contents of one change are no repeat. */
async function repeatedRows({ lake }: LakeChecks, { table, columns }: LakeDataSet) {
  const content = columns
    .filter(({ name }) => !name.startsWith('_'))
    .map(({ name }) => `coalesce(cast(${name} as varchar), '')`)
    .join(` || '|' || `);
  const [repeated = 0, contradicting = 0] = await numbers(
    lake,
    `select sum(copies - 1), sum(case when contents > 1 then 1 else 0 end) from (
       select count(*) as copies, count(distinct ${content}) as contents from ${table}
       where _op <> 'delete' group by _event_id
     ) as events`,
  );
  if (contradicting > 0) return fault(`${counted(contradicting, 'change')} in several forms`);
  return ok(
    repeated === 0 ? 'none is repeated' : `${counted(repeated, 'repeat')}, hidden by the view`,
  );
}

async function declaredColumns({ lake }: LakeChecks, dataSet: LakeDataSet): Promise<Outcome> {
  const { client, ...place } = lake;
  const { columns } = await runSql(client, `select * from ${dataSet.table} limit 1`, place);
  const found = columns.map(({ name, type }) => `${name} ${type}`);
  const partitions = partitionNames(dataSet).map((name) => ({ name, type: 'string' }));
  const declared = [...dataSet.columns, ...partitions].map(
    ({ name, type }) => `${name} ${athenaType(type)}`,
  );
  const wrong = [
    ...declared.filter((column) => !found.includes(column)).map((column) => `missing: ${column}`),
    ...found.filter((column) => !declared.includes(column)).map((column) => `unknown: ${column}`),
  ];
  return wrong.length === 0 ? ok(counted(found.length, 'column')) : fault('they differ', wrong);
}

/** As Athena names the type of a result's column. */
function athenaType(type: string): string {
  if (type === 'int') return 'integer';
  if (type === 'string') return 'varchar';
  return type.replace(/\(.*/, '');
}

const numberRows = z.object({ rows: z.tuple([z.object({ number: z.coerce.number() })]) });

async function numberIn(db: SqlConnection, sql: string, beforeMs: number): Promise<number> {
  const found = await db.query(sql, [new Date(beforeMs).toISOString()]);
  return numberRows.parse(found).rows[0].number;
}

async function countIn(db: SqlConnection, table: string, beforeMs: number): Promise<number> {
  const sql = `select count(*)::text as number from ${table} where created_at < $1::text::timestamptz`;
  return await numberIn(db, sql, beforeMs);
}
