import { windowResultsKeptMs } from '../../functions/statistics/results-kept.ts';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import {
  type RevenueRow,
  type SoldWindow,
  soldPerWindow,
  toldRevenue,
} from '../balance/revenue-windows.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { declaredJobs, findJob } from '../jobs/declared-jobs.ts';
import { reportJobs } from '../jobs/list-jobs.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok, shown } from './check.ts';
import { settled } from './settled.ts';

const learnOptions = '--job all --from lake --wait --swap';

/** What must hold of the jobs and of what they have told. */
export function resultChecks(db: SqlConnection, cloud: JobsCloud): readonly Check[] {
  return [
    { area: 'results', name: 'every job runs', run: () => jobsRun(cloud) },
    {
      area: 'results',
      name: 'revenue: windows are those of the shop',
      run: () => settled(() => revenueAgrees(db, cloud)),
    },
  ];
}

async function jobsRun(cloud: JobsCloud): Promise<Outcome> {
  const reports = await reportJobs(cloud, declaredJobs(cloud.settings));
  const standing = reports.filter(({ role, status }) => role === 'live' && status !== 'running');
  const examples = standing.map(
    ({ job, status, reason }) => `${job} is ${status}${reason === undefined ? '' : `: ${reason}`}`,
  );
  if (standing.length > 0) return fault(counted(standing.length, 'job'), examples);
  const sums = (pick: (counts: (typeof reports)[number]['counts']) => number): string =>
    reports.reduce((sum, { counts }) => sum + pick(counts), 0).toLocaleString('en');
  return ok(
    `${counted(reports.length, 'job')}; ${sums(({ late }) => late)} late, ${sums(({ quarantined }) => quarantined)} refused`,
  );
}

/** Only windows that the job has passed: others may still change. */
async function revenueAgrees(db: SqlConnection, cloud: JobsCloud): Promise<Outcome> {
  const [report] = await reportJobs(cloud, [findJob('revenue', cloud.settings)]);
  const passedMs = report?.watermarkMs;
  if (passedMs == null) return notChecked('the job has not closed a window yet');
  const { revenueWindowMs } = cloud.settings;
  const sold = await soldPerWindow(db, revenueWindowMs);
  const told = await toldRevenue(cloud.store, cloud.settings);
  const byStart = new Map(told.map((row) => [row.startMs, row]));
  // What was told longer ago has left the table.
  const keptSinceMs = cloud.now() - windowResultsKeptMs(cloud.settings, revenueWindowMs);
  const windows = sold.filter(({ start_ms: startMs }) => {
    const endMs = startMs + revenueWindowMs;
    return endMs <= passedMs && (endMs > keptSinceMs || byStart.has(startMs));
  });
  const known = new Set(sold.map(({ start_ms: startMs }) => startMs));
  const wrong = windows.flatMap((window) => {
    const difference = differenceOf(window, byStart.get(window.start_ms));
    return difference === undefined ? [] : [{ window, difference }];
  });
  const unfounded = told
    .filter(({ startMs, data }) => !known.has(startMs) && data.orders + data.items > 0)
    .map(({ startMs }) => `${new Date(startMs).toISOString()}: the shop has nothing there`);
  const faults = [...wrong.map(({ difference }) => difference), ...unfounded];
  if (faults.length === 0) return ok(counted(windows.length, 'window'));
  const late = report?.counts.late ?? 0;
  const isHistory = wrong.some(({ window }) => window.has_backfill);
  const hints = [
    ...(late > 0 ? [`; ${counted(late, 'event')} came too late to be counted`] : []),
    ...(isHistory ? [`; history is learnt with npm run replay -- ${learnOptions}`] : []),
  ];
  const detail = `${counted(faults.length, 'window')} of ${windows.length}${hints.join('')}`;
  return fault(detail, faults.slice(0, shown));
}

function differenceOf(window: SoldWindow, result: RevenueRow | undefined): string | undefined {
  const { orders = 0, items = 0, grossCents = 0, refundedCents = 0 } = result?.data ?? {};
  const pairs = [
    ['orders', orders, window.orders],
    ['pieces', items, window.items],
    ['cents', grossCents, window.gross_cents],
    ['cents given back', refundedCents, window.refunded_cents],
  ] as const;
  const wrong = pairs.filter(([, told, there]) => told !== there);
  if (wrong.length === 0) return undefined;
  const text = wrong.map(([what, told, there]) => `${told} ${what}, the shop has ${there}`);
  return `${new Date(window.start_ms).toISOString()}: ${text.join('; ')}`;
}
