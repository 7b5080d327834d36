import { z } from 'zod';
import { readGenerations } from '../../../shared/jobs/generations.ts';
import { timestampText } from '../../../shared/lake/rows.ts';
import { runSql } from '../../../shared/lake/run-sql.ts';
import { resultKey, resultPartition } from '../../../shared/stream/state/layout.ts';
import { numbers } from '../../balance/lake-rows.ts';
import { declaredJobs } from '../../jobs/declared-jobs.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok, shown } from '../check.ts';
import { settled } from '../settled.ts';
import type { StatisticsPlace } from './windowed-checks.ts';

const lookedAtMs = 6 * 3_600_000;
const dayLength = 'yyyy-MM-dd'.length;

/** What the jobs have told is in the lake, and each sale has its features. */
export function landedChecks(place: StatisticsPlace): readonly Check[] {
  return [
    {
      area: 'lake',
      name: 'insights: the last revision of each window has landed',
      run: () => settled(() => revisionsLanded(place)),
    },
    {
      area: 'lake',
      name: 'sale_features: each sale has its own',
      run: () => settled(() => salesHaveFeatures(place)),
    },
  ];
}

const toldRow = z.object({
  startMs: z.number(),
  revision: z.number(),
  updatedAt: z.number(),
});

async function revisionsLanded({ cloud, lake, settledMs }: StatisticsPlace): Promise<Outcome> {
  const { client, ...place } = lake;
  const fromMs = Math.max(0, settledMs - lookedAtMs);
  const { rows } = await runSql(
    client,
    `SELECT id, max(revision) FROM insight_records
     WHERE window_start IS NOT NULL AND day >= '${timestampText(fromMs).slice(0, dayLength)}'
     GROUP BY id`,
    place,
  );
  const landed = new Map(rows.map(([id, revision]) => [id ?? '', Number(revision)]));
  const missing: string[] = [];
  let windows = 0;
  for (const job of declaredJobs(cloud.settings)) {
    if (job.open(({ kind }) => kind !== 'windowed')) continue;
    const { live } = await readGenerations(cloud.store, job);
    const run = { name: job.name, generation: live };
    const span = { from: resultKey(run, fromMs).sk, to: resultKey(run, settledMs).sk };
    for (const { attributes } of await cloud.store.query(resultPartition(run), span)) {
      // Later parts of a long result do not say when it was written.
      const { data: told } = toldRow.safeParse(attributes);
      if (!told || told.updatedAt >= settledMs) continue;
      const { startMs, revision } = told;
      windows += 1;
      const there = landed.get(`${job.name}|${live}|${startMs}`) ?? 0;
      if (there >= revision) continue;
      const what = there === 0 ? 'nothing' : `revision ${there}`;
      missing.push(
        `${job.name} ${new Date(startMs).toISOString()}: ${what} of revision ${revision}`,
      );
    }
  }
  if (windows === 0) return notChecked('no window has been told yet');
  if (missing.length === 0) return ok(counted(windows, 'window'));
  return fault(`${counted(missing.length, 'window')} of ${windows}`, missing.slice(0, shown));
}

async function salesHaveFeatures({ lake, settledMs }: StatisticsPlace): Promise<Outcome> {
  const fromMs = Math.max(0, settledMs - lookedAtMs);
  const day = timestampText(fromMs).slice(0, dayLength);
  const [sold = 0, without = 0, different = 0] = await numbers(
    lake,
    `SELECT count(*), count_if(told.item_id IS NULL),
       count_if(told.quantity <> items.quantity OR told.unit_price <> items.unit_price)
     FROM (
       SELECT DISTINCT id, quantity, unit_price FROM order_items_changes
       WHERE _op = 'insert' AND NOT is_backfill AND day >= '${day}'
         AND ordered_at >= TIMESTAMP '${timestampText(fromMs)}'
         AND _ts < TIMESTAMP '${timestampText(settledMs)}'
     ) AS items
     LEFT JOIN (SELECT item_id, quantity, unit_price FROM sale_features WHERE day >= '${day}') AS told
       ON told.item_id = items.id`,
  );
  if (sold === 0) return notChecked('nothing was sold');
  if (without > 0) return fault(`${counted(without, 'sale')} of ${sold} without features`);
  if (different > 0) return fault(`${counted(different, 'sale')} of ${sold} told otherwise`);
  return ok(counted(sold, 'sale'));
}
