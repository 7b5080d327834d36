import { z } from 'zod';
import type { DeclaredJob } from '../../../shared/jobs/declared-job.ts';
import { readGenerations } from '../../../shared/jobs/generations.ts';
import type { WindowedJob } from '../../../shared/stream/job.ts';
import { resultKey, resultPartition } from '../../../shared/stream/state/layout.ts';
import type { Lake } from '../../balance/lake-rows.ts';
import type { JobsCloud } from '../../jobs/cloud.ts';
import { declaredJobs } from '../../jobs/declared-jobs.ts';
import { reportJobs } from '../../jobs/list-jobs.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok, shown } from '../check.ts';
import { settled } from '../settled.ts';
import { differenceOf } from './figures.ts';
import { figuresOfLake } from './lake-figures.ts';
import { type Statistic, statistics } from './statistics.ts';
import type { Windows } from './windows-sql.ts';

export interface StatisticsPlace {
  readonly cloud: JobsCloud;
  readonly lake: Lake;
  /** What happened before it has had the time to land. */
  readonly settledMs: number;
}

/** So many windows of a job are held against the lake, the latest. */
const windowsMax = 120;
/** So many places of rankings are looked at, where the jobs are not set to tell fewer. */
const placesMax = 5;
const learnOptions = '--job all --from lake --wait --swap';

const toldRow = z.object({
  startMs: z.number(),
  endMs: z.number(),
  closed: z.boolean(),
  data: z.string().transform((text): unknown => JSON.parse(text)),
});

/** Of each job over windows: what it has told is what the facts of the lake say. */
export function windowedChecks(place: StatisticsPlace): readonly Check[] {
  return declaredJobs(place.cloud.settings).flatMap((declared) =>
    declared.open((job): Check[] => {
      const statistic = job.kind === 'windowed' ? statistics[job.type] : undefined;
      if (job.kind !== 'windowed' || !statistic) return [];
      const { window } = job;
      return [
        {
          area: 'results',
          name: `${job.name}: windows are those of the lake`,
          run: () => settled(() => windowsAgree(place, declared, window, statistic)),
        },
      ];
    }),
  );
}

/** Only windows that the job has passed, and whose facts have landed. */
async function windowsAgree(
  { cloud, lake, settledMs }: StatisticsPlace,
  declared: DeclaredJob,
  { sizeMs, slideMs }: WindowedJob<never>['window'],
  statistic: Statistic,
): Promise<Outcome> {
  const [report] = await reportJobs(cloud, [declared]);
  const passedMs = report?.watermarkMs;
  if (passedMs == null) return notChecked('the job has not closed a window yet');
  const toMs = Math.min(settledMs, passedMs);
  const lastMs = Math.floor((toMs - sizeMs) / slideMs) * slideMs;
  const fromMs = Math.max(0, lastMs - (windowsMax - 1) * slideMs);
  const { topProductsShown, mostViewedProducts, interestProductsShown } = cloud.settings;
  const places = Math.min(placesMax, topProductsShown, mostViewedProducts, interestProductsShown);
  const windows = { sizeMs, slideMs, places, span: { fromMs, toMs: lastMs + sizeMs } };
  if (lastMs < 0) return notChecked('no window has ended');

  const { live } = await readGenerations(cloud.store, declared);
  const told = await toldWindows(cloud, { name: declared.name, generation: live }, windows);
  const { figures, history } = await figuresOfLake(
    lake,
    statistic.queries(windows, cloud.settings),
  );
  const faults: string[] = [];
  let learnt = false;
  for (const startMs of [...new Set([...told.keys(), ...figures.keys()])].sort((a, b) => a - b)) {
    const data = told.get(startMs);
    const difference = differenceOf(
      data === undefined ? {} : statistic.told(data, places),
      figures.get(startMs) ?? {},
    );
    if (difference === undefined) continue;
    faults.push(`${new Date(startMs).toISOString()}: ${difference}`);
    learnt ||= history.has(startMs);
  }
  if (faults.length === 0) {
    if (figures.size === 0) return notChecked('nothing happened in windows that have ended');
    return ok(counted(figures.size, 'window'));
  }
  const late = report?.counts.late ?? 0;
  const hints = [
    ...(late > 0 ? [`; ${counted(late, 'event')} came too late to be counted`] : []),
    ...(learnt ? [`; history is learnt with npm run replay -- ${learnOptions}`] : []),
  ];
  return fault(`${counted(faults.length, 'window')} of ${figures.size}${hints.join('')}`, [
    ...faults.slice(0, shown),
  ]);
}

async function toldWindows(
  { store }: JobsCloud,
  run: { readonly name: string; readonly generation: number },
  { sizeMs, span }: Windows,
): Promise<ReadonlyMap<number, unknown>> {
  const items = await store.query(resultPartition(run), {
    from: resultKey(run, span.fromMs).sk,
    to: resultKey(run, span.toMs - sizeMs).sk,
  });
  const rows = items.map(({ attributes }) => toldRow.parse(attributes));
  return new Map(rows.filter(({ closed }) => closed).map((row) => [row.startMs, row.data]));
}
