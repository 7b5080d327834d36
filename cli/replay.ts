import type { DeclaredJob } from '../shared/jobs/declared-job.ts';
import { readGenerations } from '../shared/jobs/generations.ts';
import { connectJobsCloud, type JobsCloud } from './jobs/cloud.ts';
import { declaredJobs, findJob } from './jobs/declared-jobs.ts';
import { type Lake, openLake } from './replay/lake.ts';
import { parseReplayOptions, type ReplayOptions, usage } from './replay/options.ts';
import { replayJobs } from './replay/replay-jobs.ts';
import { paceLocally, paceOnAws, TellingPace } from './replay/telling-pace.ts';
import { runCommand } from './run-command.ts';

await runCommand(main);

async function main(): Promise<number> {
  const options = parseReplayOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const cloud = await connectJobsCloud(options);
  const lake = openLake(cloud);
  try {
    const { settings } = cloud;
    const jobs = options.job === 'all' ? declaredJobs(settings) : [findJob(options.job, settings)];
    return await replayAll(cloud, lake, jobs, options);
  } finally {
    lake.close();
    cloud.close();
  }
}

/** @returns 1 when generations were compared and do not agree, or a job failed. */
async function replayAll(
  cloud: JobsCloud,
  lake: Lake,
  jobs: readonly DeclaredJob[],
  options: ReplayOptions,
): Promise<number> {
  const { json, beginning } = options;
  const tell = json ? () => undefined : (line: string) => console.log(line);
  const say = (line: string): void => console.error(line);
  const asked: DeclaredJob[] = [];
  for (const job of jobs) {
    if (options.job !== 'all' || beginning || (await hasAnother(cloud, job))) asked.push(job);
    else say(`Beside the live generation of ${job.name} there is none.`);
  }
  const pace = new TellingPace(cloud.url === undefined ? paceOnAws : paceLocally, cloud.now);
  const reports = await replayJobs({ cloud, lake, options, pace, voice: { tell, say } }, asked);
  if (json) console.log(JSON.stringify(options.job === 'all' ? reports : reports[0]));
  return reports.every(({ agrees }) => agrees) ? 0 : 1;
}

async function hasAnother({ store }: JobsCloud, job: DeclaredJob): Promise<boolean> {
  const { shadows, histories } = await readGenerations(store, job);
  return shadows.length + histories.length > 0;
}
