import { parseArgs } from 'node:util';
import { readGenerations } from '../shared/jobs/generations.ts';
import type { JobStatus } from '../shared/stream/state/control.ts';
import { readJobRow, setJobStatus } from '../shared/stream/state/operate.ts';
import { connectJobsCloud, type JobsCloud } from './jobs/cloud.ts';
import { declaredJobs, findJob } from './jobs/declared-jobs.ts';
import { jobsTable, reportJobs } from './jobs/list-jobs.ts';
import { numberOption } from './options/number-option.ts';
import { placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';

const usage = `npm run jobs -- <command> [job] [--generation N] [--reason "why"] [--aws [--stage dev]] [--json]

  list [job]    every job and generation: status, time, what became of its events
  stop job      batches pass it by; where, is noted
  start job     it reads what passed by, then goes on
  park job      as a job that keeps failing parks itself: stop, with the alarm
  resume job    ends that: it reads what passed by, then goes on

  --generation   another one than the live one
${placeUsage(13)}
  --json         one JSON document instead of text`;

/** What each command makes of a job, and of which. */
const changes: Readonly<Record<string, { to: JobStatus; from: JobStatus; done: string }>> = {
  stop: { to: 'stopped', from: 'running', done: 'batches pass it by until it is started' },
  start: { to: 'running', from: 'stopped', done: 'it reads what passed by, then goes on' },
  park: { to: 'parked', from: 'running', done: 'batches pass it by until it is resumed' },
  resume: { to: 'running', from: 'parked', done: 'it reads what passed by, then goes on' },
};

/** The command that leads out of a status. */
const wayOut: Readonly<Record<JobStatus, string>> = {
  running: 'stop',
  stopped: 'start',
  parked: 'resume',
};

interface Options {
  readonly job: string | undefined;
  readonly generation: number | undefined;
  readonly reason: string | undefined;
  readonly json: boolean;
}

await runCommand(run);

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      generation: { type: 'string' },
      reason: { type: 'string' },
      ...placeOptions,
      json: { type: 'boolean', default: false },
    },
  });
  const [command = '', job, ...rest] = positionals;
  const isKnown = command === 'list' || Object.hasOwn(changes, command);
  if (values.help || !isKnown || rest.length > 0) {
    (values.help ? console.log : console.error)(usage);
    return values.help ? 0 : 2;
  }
  const { json, reason } = values;
  const generation = generationFrom(values.generation);
  const options = { job, generation, reason, json };
  const cloud = await connectJobsCloud(values);
  try {
    if (job !== undefined || command !== 'list') findJob(job, cloud.settings);
    if (command === 'list') return await list(cloud, options);
    return await change(cloud, command, options);
  } finally {
    cloud.close();
  }
}

/** @returns 1 when a job does not run, for scripts that watch. */
async function list(cloud: JobsCloud, { job, json }: Options): Promise<number> {
  const { settings } = cloud;
  const jobs = job === undefined ? declaredJobs(settings) : [findJob(job, settings)];
  const reports = await reportJobs(cloud, jobs);
  console.log(json ? JSON.stringify(reports) : jobsTable(reports));
  return reports.every(({ status }) => status === 'running') ? 0 : 1;
}

async function change(cloud: JobsCloud, command: string, options: Options): Promise<number> {
  const { store, now } = cloud;
  const job = findJob(options.job, cloud.settings);
  const { live, shadows } = await readGenerations(store, job);
  const generation = options.generation ?? live;
  if (![live, ...shadows].includes(generation)) {
    throw new RangeError(
      `Cannot ${command} ${job.name}: of it generation ${[live, ...shadows].join(', ')} runs: received ${generation}`,
    );
  }
  const wanted = changes[command];
  if (!wanted) throw new RangeError(`Cannot change job: received ${command}`);
  const run = { name: job.name, generation };
  const before = (await readJobRow(store, run))?.status ?? 'running';
  if (before !== wanted.from && before !== wanted.to) {
    throw new RangeError(
      `Cannot ${command} ${job.name}: it is ${before}, for which there is "${wayOut[before]}": received ${command}`,
    );
  }
  const { to, from } = wanted;
  const reason = to === 'running' ? undefined : (options.reason ?? 'by npm run jobs');
  const row = await setJobStatus(store, run, { status: to, reason, onlyFrom: from }, now());
  const already = before === to ? ' already' : '';
  const text = `${job.name} (generation ${generation}) on ${cloud.name} is ${row.status}${already}: ${wanted.done}. Functions see it within a second.`;
  console.log(options.json ? JSON.stringify({ ...run, status: row.status }) : text);
  return row.status === to ? 0 : 1;
}

function generationFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return numberOption('read options', '--generation', text, { min: 1, isWhole: true });
}
