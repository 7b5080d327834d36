import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { type Generations, readGenerations } from '../../shared/jobs/generations.ts';
import type { Job } from '../../shared/stream/job.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import type { RunReport } from '../jobs/run-report.ts';
import { type Comparison, compareGenerations, comparisonText } from './compare.ts';
import { dropGeneration, swapGeneration } from './generations.ts';
import type { Lake } from './lake.ts';
import type { ReplayOptions } from './options.ts';
import { type Begun, backfillOf } from './replay-lake.ts';
import { helpAlong } from './replay-stream.ts';
import { settledSessionsMs } from './settled-sessions.ts';
import { startBegun } from './start-begun.ts';
import { swapCaughtUp } from './swap-caught-up.ts';
import type { ToldHistory } from './tell-together.ts';
import { tellUntold } from './tell-untold.ts';
import type { TellingPace } from './telling-pace.ts';

/** What was done with a job. */
export interface ReplayReport {
  readonly job: string;
  readonly generation: number;
  readonly replayed?: Omit<ToldHistory, 'backfillMs'>;
  readonly comparison?: Comparison;
  readonly generations?: Generations;
  /** Records of results that went into the stream `insights` as it became live. */
  readonly told?: number;
  readonly dropped?: true;
  /** False: it was compared with the live generation, and says something else. */
  readonly agrees: boolean;
}

/** Where a person reads on: the outcome, and what is under way. */
export interface Voice {
  readonly tell: (line: string) => void;
  readonly say: (line: string) => void;
}

/** What replays of a command share. */
export interface Replaying {
  readonly cloud: JobsCloud;
  readonly lake: Lake;
  readonly options: ReplayOptions;
  readonly pace: TellingPace;
  readonly voice: Voice;
}

/** Does what the command asks for with a generation that has begun and knows its history. */
export async function replayJob(
  { cloud, lake, options, pace, voice: { tell, say } }: Replaying,
  { job, generation }: Begun,
  history: ToldHistory | undefined,
): Promise<ReplayReport> {
  const { beginning, wait } = options;
  const told = { pace, say, store: cloud.store, putInsights: cloud.putInsights };
  const { live } = await readGenerations(cloud.store, job);
  if (options.swap && live === generation) {
    const records = await tellUntold(told, job, generation);
    tell(`Generation ${generation} of ${job.name} is live already.`);
    return { job: job.name, generation, told: records, agrees: true };
  }
  if (wait) await startBegun(cloud, { name: job.name, generation });
  if (wait) await helpAlong(cloud, job, generation, (report) => say(progressLine(report)));
  else if (beginning?.kind === 'stream') {
    say('Its function lets it catch up; npm run jobs -- list shows how far it is.');
  }
  const report = { job: job.name, generation, ...(history && { replayed: countsOf(history) }) };
  const isCompared = options.compare || wait || beginning?.kind === 'lake';
  const comparison = isCompared
    ? await compareWithLive(cloud, lake, job, generation, options, history?.backfillMs)
    : undefined;
  const who = options.job === 'all' ? `${job.name}: ` : '';
  if (comparison) tell(who + comparisonText(comparison));
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
  try {
    const records = await tellUntold(told, job, generation);
    return { ...report, ...compared, generations, told: records };
  } catch (error) {
    const again = `--job ${job.name} --generation ${generation} --swap`;
    say(`${job.name}: what it counted before is not told to the end; ${again} goes on with it.`);
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
  const ofLive = { name: job.name, generation: live };
  const other = { name: job.name, generation };
  const row = await readJobRow(store, other);
  const fromMs = row?.history ? row.history.sinceMs : row?.fromMs;
  const backfillMs = told ?? (row?.history && (await backfillOf(lake, job, row.history)));
  return compareGenerations(store, {
    live: ofLive,
    other,
    fromMs: fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: beginning?.kind === 'lake' ? beginning.untilMs : undefined,
    isHistory: histories.includes(generation),
    ...job.open(reachOf),
    ...(await job.open((of) => settledOf(store, of, [ofLive, other]))),
    ...(backfillMs && { backfillMs }),
  });
}

function reachOf<Event>(job: Job<Event>): { readonly reachMs?: number } {
  if (job.kind === 'windowed') return { reachMs: job.window.lookbackMs };
  return job.kind === 'session' ? { reachMs: job.window.gapMs } : {};
}

/** By when the sessions of both runs are told, and nothing late can join them. */
async function settledOf<Event>(store: StateStore, job: Job<Event>, runs: readonly Run[]) {
  if (job.kind !== 'session') return {};
  const settled = await Promise.all(runs.map((run) => settledSessionsMs(store, run)));
  return { settledMs: Math.min(...settled) - job.allowedLatenessMs };
}

function agrees(comparison: Comparison | undefined): boolean {
  if (!comparison) return true;
  return comparison.different.length + comparison.missing.length + comparison.extra.length === 0;
}

function countsOf({ facts, since, until }: ToldHistory): Omit<ToldHistory, 'backfillMs'> {
  return { facts, since, until };
}

function progressLine({ job, generation, counts, shards, shardsBehind, lagMs }: RunReport): string {
  const lag = lagMs === null ? 'no watermark yet' : `${(lagMs / 1000).toFixed(1)} s behind now`;
  return `generation ${generation} of ${job}: ${counts.counted.toLocaleString('en')} events counted, ${shardsBehind} of ${shards} shards behind, ${lag}`;
}
