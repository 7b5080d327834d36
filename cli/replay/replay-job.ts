import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { type Generations, readGenerations } from '../../shared/jobs/generations.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import type { RunReport } from '../jobs/run-report.ts';
import { type Comparison, compareGenerations, comparisonText } from './compare.ts';
import {
  beginGeneration,
  chooseGeneration,
  dropGeneration,
  startGeneration,
  swapGeneration,
} from './generations.ts';
import type { Lake } from './lake.ts';
import type { ReplayOptions } from './options.ts';
import {
  backfillOf,
  beginWithLake,
  lacksHistory,
  replayLake,
  type ToldHistory,
  tellHistory,
} from './replay-lake.ts';
import { helpAlong } from './replay-stream.ts';
import { swapCaughtUp } from './swap-caught-up.ts';

/** What was done with a job. */
export interface ReplayReport {
  readonly job: string;
  readonly generation: number;
  readonly replayed?: Omit<ToldHistory, 'backfillMs'>;
  readonly comparison?: Comparison;
  readonly generations?: Generations;
  readonly dropped?: true;
  /** False: it was compared with the live generation, and says something else. */
  readonly agrees: boolean;
}

/** Where a person reads on: the outcome, and what is under way. */
interface Voice {
  readonly tell: (line: string) => void;
  readonly say: (line: string) => void;
}

/** Does what the command asks for with one job. */
export async function replayJob(
  cloud: JobsCloud,
  lake: Lake,
  job: DeclaredJob,
  options: ReplayOptions,
  { tell, say }: Voice,
): Promise<ReplayReport> {
  const { beginning, wait } = options;
  const generation = await begin(cloud, lake, job, options, say);
  const history = await historyOf(cloud, lake, job, generation, options, say);
  if (wait) await helpAlong(cloud, job, generation, (report) => say(progressLine(report)));
  else if (beginning?.kind === 'stream') {
    say('Its function lets it catch up; npm run jobs -- list shows how far it is.');
  }
  const report = { job: job.name, generation, ...(history && { replayed: countsOf(history) }) };
  const isCompared = options.compare || wait || beginning?.kind === 'lake';
  const comparison = isCompared
    ? await compareWithLive(cloud, lake, job, generation, options, history?.backfillMs)
    : undefined;
  if (comparison) tell(comparisonText(comparison));
  const compared = { agrees: agrees(comparison), ...(comparison && { comparison }) };
  if (options.drop) {
    await dropGeneration(cloud, job, generation);
    tell(`Generation ${generation} of ${job.name} is no more.`);
    return { ...report, ...compared, dropped: true };
  }
  if (!options.swap) return { ...report, ...compared };
  const generations = await (wait ? swapCaughtUp : swapGeneration)(cloud, job, generation);
  const beside = generations.shadows.join(', ');
  tell(
    `Generation ${generation} of ${job.name} is live; beside it: ${beside}. The way back is --swap, the end --drop.`,
  );
  return { ...report, ...compared, generations };
}

async function begin(
  cloud: JobsCloud,
  lake: Lake,
  job: DeclaredJob,
  { beginning, generation: wanted }: ReplayOptions,
  say: Voice['say'],
): Promise<number> {
  if (!beginning) return chooseGeneration(cloud, job, wanted);
  let generation: number;
  if (beginning.kind === 'lake-and-streams') {
    generation = await beginWithLake(cloud, lake, job, wanted, beginning, say);
  } else if (beginning.kind === 'lake') {
    const fromMs = beginning.sinceMs;
    generation = await beginGeneration(cloud, job, { wanted, kind: 'histories', fromMs });
  } else {
    const { fromMs } = beginning;
    generation = await beginGeneration(cloud, job, { wanted, kind: 'shadows', fromMs });
    await startGeneration(cloud, { name: job.name, generation });
  }
  say(`Generation ${generation} of ${job.name} has begun on ${cloud.name}.`);
  return generation;
}

async function historyOf(
  cloud: JobsCloud,
  lake: Lake,
  job: DeclaredJob,
  generation: number,
  { beginning, wait }: ReplayOptions,
  say: Voice['say'],
): Promise<ToldHistory | undefined> {
  try {
    if (beginning?.kind === 'lake') {
      return await replayLake(cloud, lake, job, generation, beginning, say);
    }
    if (!wait) return undefined;
    const row = await readJobRow(cloud.store, { name: job.name, generation });
    return lacksHistory(row) ? await tellHistory(cloud, lake, job, generation, say) : undefined;
  } catch (error) {
    say(
      `Generation ${generation} stays as far as it got; ${wait ? '--wait goes on with it, ' : ''}--drop ends it.`,
    );
    throw error;
  }
}

async function compareWithLive(
  { store }: JobsCloud,
  lake: Lake,
  job: DeclaredJob,
  generation: number,
  { beginning }: ReplayOptions,
  told: readonly number[] | undefined,
): Promise<Comparison> {
  const { live, histories } = await readGenerations(store, job);
  const other = { name: job.name, generation };
  const row = await readJobRow(store, other);
  const fromMs = row?.history ? row.history.sinceMs : row?.fromMs;
  const backfillMs = told ?? (row?.history && (await backfillOf(lake, job, row.history)));
  return compareGenerations(store, {
    live: { name: job.name, generation: live },
    other,
    fromMs: fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: beginning?.kind === 'lake' ? beginning.untilMs : undefined,
    isHistory: histories.includes(generation),
    ...(backfillMs && { backfillMs }),
  });
}

function agrees(comparison: Comparison | undefined): boolean {
  if (!comparison) return true;
  return comparison.different.length + comparison.missing.length + comparison.extra.length === 0;
}

function countsOf({ facts, since, until }: ToldHistory): Omit<ToldHistory, 'backfillMs'> {
  return { facts, since, until };
}

function progressLine({ generation, counts, shards, shardsBehind, lagMs }: RunReport): string {
  const lag = lagMs === null ? 'no watermark yet' : `${(lagMs / 1000).toFixed(1)} s behind now`;
  return `generation ${generation}: ${counts.counted.toLocaleString('en')} events counted, ${shardsBehind} of ${shards} shards behind, ${lag}`;
}
