import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import { alignedLines } from '../aligned-lines.ts';
import type { JobsCloud } from './cloud.ts';
import { type RunReport, reportRun } from './run-report.ts';

/** Every generation of these jobs, the live one first. */
export async function reportJobs(
  { store, now }: JobsCloud,
  jobs: readonly DeclaredJob[],
): Promise<readonly RunReport[]> {
  const reports = jobs.map(async (job) => {
    const { live, shadows, histories } = await readGenerations(store, job);
    const report = (role: RunReport['role']) => (generation: number) =>
      reportRun(store, { name: job.name, generation }, role, now());
    return Promise.all([
      report('live')(live),
      ...shadows.map(report('beside')),
      ...histories.map(report('history')),
    ]);
  });
  return (await Promise.all(reports)).flat();
}

const heads = [
  ...['job', 'gen', 'role', 'status', 'watermark', 'shards', 'behind'],
  ...['counted', 'late', 'future', 'doubles', 'refused'],
];

/** As a table for people; below it why jobs do not run, and what to do. */
export function jobsTable(reports: readonly RunReport[]): string {
  const count = (value: number): string => value.toLocaleString('en');
  const rows = reports.map((report) => [
    report.job,
    String(report.generation),
    report.role,
    report.status,
    report.lagMs === null ? '–' : `-${(report.lagMs / 1000).toFixed(1)} s`,
    count(report.shards),
    count(report.shardsBehind),
    ...[report.counts.counted, report.counts.late, report.counts.future].map(count),
    ...[report.counts.duplicate, report.counts.quarantined].map(count),
  ]);
  return [alignedLines([heads, ...rows]), ...reports.flatMap(advice)].join('\n');
}

function advice({ job, generation, status, reason, sinceMs }: RunReport): readonly string[] {
  if (status === 'running') return [];
  const since = sinceMs === undefined ? '' : ` since ${new Date(sinceMs).toISOString()}`;
  const command = status === 'parked' ? 'resume' : 'start';
  return [
    '',
    `${job} (generation ${generation}) is ${status}${since}${reason === undefined ? '' : `: ${reason}`}`,
    `It goes on, and catches up, with: npm run jobs -- ${command} ${job}`,
  ];
}
