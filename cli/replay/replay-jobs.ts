import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import { failureText } from '../failure-text.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { beginGeneration, chooseGeneration, startGeneration } from './generations.ts';
import type { ReplayOptions } from './options.ts';
import { type Replaying, type ReplayReport, replayJob } from './replay-job.ts';
import {
  type Begun,
  beginWithLake,
  lacksHistory,
  replayLake,
  tellHistories,
} from './replay-lake.ts';
import { jobsAtOnce, settleEach } from './settle-each.ts';
import type { ToldHistory } from './tell-together.ts';

/** A job with which it could not be done. */
export interface FailedReplay {
  readonly job: string;
  readonly failure: string;
  readonly agrees: false;
}

/**
 * Does what the command asks for with several jobs: what they read of the past is read once. A job
 * that fails is left where it stands, and said; the others go on.
 *
 * @throws whatever fails, where there is one job.
 */
export async function replayJobs(
  replaying: Replaying,
  jobs: readonly DeclaredJob[],
): Promise<readonly (ReplayReport | FailedReplay)[]> {
  const { say } = replaying.voice;
  const failed: FailedReplay[] = [];
  const fail = (job: DeclaredJob, error: unknown): void => {
    if (jobs.length === 1) throw error;
    say(`${job.name} failed: ${failureText(error)}`);
    failed.push({ job: job.name, failure: failureText(error), agrees: false });
  };
  const begun: Begun[] = [];
  for (const [index, outcome] of (await begin(replaying, jobs)).entries()) {
    const job = jobs[index];
    if (!job) continue;
    if (outcome.status === 'rejected') fail(job, outcome.reason);
    else begun.push({ job, generation: outcome.value });
  }
  const histories = await tell(replaying, begun);
  const able = begun.filter(({ job, generation }) => {
    const history = histories.get(job.name);
    if (history?.status !== 'rejected') return true;
    const goOn = replaying.options.wait ? '--wait goes on with it, ' : '';
    say(`Generation ${generation} of ${job.name} stays as far as it got; ${goOn}--drop ends it.`);
    fail(job, history.reason);
    return false;
  });
  const outcomes = await settleEach(able, jobsAtOnce, (one) => {
    const history = histories.get(one.job.name);
    return replayJob(replaying, one, history?.status === 'fulfilled' ? history.value : undefined);
  });
  const reports: (ReplayReport | FailedReplay)[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const job = able[index]?.job;
    if (outcome.status === 'fulfilled') reports.push(outcome.value);
    else if (job) fail(job, outcome.reason);
  }
  return [...reports, ...failed];
}

/** The number of each job's generation, begun now or long ago. */
async function begin(
  { cloud, lake, options, voice: { say } }: Replaying,
  jobs: readonly DeclaredJob[],
): Promise<readonly PromiseSettledResult<number>[]> {
  const { beginning, generation: wanted } = options;
  if (!beginning) {
    return settleEach(jobs, jobsAtOnce, (job) => generationOf(cloud, job, options));
  }
  const numbers =
    beginning.kind === 'lake-and-streams'
      ? await beginWithLake(cloud, lake, jobs, wanted, beginning, say)
      : await settleEach(jobs, jobs.length, async (job) => {
          if (beginning.kind === 'lake') {
            const fromMs = beginning.sinceMs;
            return beginGeneration(cloud, job, { wanted, kind: 'histories', fromMs });
          }
          const { fromMs } = beginning;
          const number = await beginGeneration(cloud, job, { wanted, kind: 'shadows', fromMs });
          await startGeneration(cloud, { name: job.name, generation: number });
          return number;
        });
  for (const [index, number] of numbers.entries()) {
    if (number.status === 'rejected') continue;
    say(`Generation ${number.value} of ${jobs[index]?.name} has begun on ${cloud.name}.`);
  }
  return numbers;
}

/** One that is live already may be named where it is to be swapped in: it goes on telling. */
async function generationOf(
  cloud: JobsCloud,
  job: DeclaredJob,
  { swap, generation: wanted }: ReplayOptions,
): Promise<number> {
  const { live } = await readGenerations(cloud.store, job);
  return swap && wanted === live ? live : chooseGeneration(cloud, job, wanted);
}

type Histories = ReadonlyMap<string, PromiseSettledResult<ToldHistory>>;

/** Tells those their history that have yet to know it. */
async function tell(
  { cloud, lake, options, voice: { say } }: Replaying,
  begun: readonly Begun[],
): Promise<Histories> {
  const { beginning, wait } = options;
  const byJob = (
    told: readonly Begun[],
    outcomes: readonly PromiseSettledResult<ToldHistory>[],
  ): Histories =>
    new Map(
      outcomes.flatMap((outcome, index) => {
        const name = told[index]?.job.name;
        return name === undefined ? [] : [[name, outcome]];
      }),
    );
  if (beginning?.kind === 'lake') {
    return byJob(begun, await replayLake(cloud, lake, begun, beginning, say));
  }
  if (!wait) return new Map();
  const lacking: Begun[] = [];
  for (const one of begun) {
    const row = await readJobRow(cloud.store, { name: one.job.name, generation: one.generation });
    if (lacksHistory(row)) lacking.push(one);
  }
  return byJob(lacking, await tellHistories(cloud, lake, lacking, say));
}
