import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import type { History, JobRow } from '../../shared/stream/state/control.ts';
import { endHistory, readJobRow, toldReason } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { beginGeneration } from './generations.ts';
import { findJoinPoints } from './join-point.ts';
import type { Lake } from './lake.ts';
import { allOfTheLake, type Span } from './lake-queries.ts';
import type { Beginning } from './options.ts';
import { settleEach } from './settle-each.ts';
import { type Pupil, type ToldHistory, tellTogether } from './tell-together.ts';
import { untilLanded } from './until-landed.ts';

/** A run that began, and with it what it is to be told. */
export interface Begun {
  readonly job: DeclaredJob;
  readonly generation: number;
}

type Say = (line: string) => void;
type Settled<Result> = Promise<PromiseSettledResult<Result>[]>;

/** Runs told of at once; each waits for functions to notice it. */
const runsAtOnce = 16;

/**
 * Runs jobs over what the lake holds, as closed histories with clocks of their own. No stream moves
 * their time, and they move no stream's.
 */
export function replayLake(
  cloud: JobsCloud,
  lake: Lake,
  begun: readonly Begun[],
  { sinceMs, untilMs }: Extract<Beginning, { kind: 'lake' }>,
  say: Say,
): Settled<ToldHistory> {
  const span = { fromMs: sinceMs ?? allOfTheLake.fromMs, toMs: untilMs ?? allOfTheLake.toMs };
  const pupils = begun.map((one): Pupil => ({ ...one, span, untilMs: undefined }));
  return tellTogether(cloud, lake, pupils, say);
}

/**
 * Begins generations with what the lake holds, for the streams to join: finds where they meet, waits
 * until the lake holds all up to there, and lets functions know of them, stopped as yet. A stream that
 * cannot be joined fails the jobs that read it.
 *
 * @returns their numbers, in the order of the jobs.
 */
export async function beginWithLake(
  cloud: JobsCloud,
  lake: Lake,
  jobs: readonly DeclaredJob[],
  wanted: number | undefined,
  { sinceMs, overlapMs }: Extract<Beginning, { kind: 'lake-and-streams' }>,
  say: Say,
): Settled<number> {
  const { now } = cloud;
  const joins = await findJoinPoints(cloud, jobs, now() - overlapMs);
  const failures = new Map(joins.failures);
  const streams = [...joins.facts.keys()].filter((stream) => !failures.has(stream));
  const waits = await settleEach(streams, streams.length, (stream) =>
    untilLanded(lake, joins, [stream], { now, say }),
  );
  for (const [index, wait] of waits.entries()) {
    if (wait.status === 'rejected') failures.set(streams[index] ?? '', wait.reason);
  }
  return settleEach(jobs, runsAtOnce, async (job) => {
    for (const stream of job.streams) if (failures.has(stream)) throw failures.get(stream);
    const untilMs = joins.untilMs.get(job.name) ?? joins.fromMs;
    const history = { sinceMs, untilMs, told: false };
    const { fromMs } = joins;
    return beginGeneration(cloud, job, { wanted, kind: 'shadows', fromMs, history });
  });
}

/** Whether a run waits for its history, or to be started behind it. */
export function lacksHistory(row: JobRow | undefined): boolean {
  if (row?.history === undefined) return false;
  return !row.history.told || (row.status === 'stopped' && row.reason === toldReason);
}

/**
 * Tells generations their histories, from the beginning or from where that was broken off. They are
 * to be started then, a few at a time: a function whose batches wait for many that catch up is slow.
 */
export async function tellHistories(
  cloud: JobsCloud,
  lake: Lake,
  begun: readonly Begun[],
  say: Say,
): Settled<ToldHistory> {
  const found = await settleEach(begun, runsAtOnce, (one) => pupilOf(cloud, one));
  const pupils = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const told = pupils.length === 0 ? [] : await tellTogether(cloud, lake, pupils, say);
  const ended = await settleEach([...pupils.entries()], runsAtOnce, async ([index, pupil]) => {
    const outcome = told[index];
    if (outcome?.status !== 'fulfilled') throw outcome?.reason;
    await endHistory(cloud.store, { name: pupil.job.name, generation: pupil.generation });
    return outcome.value;
  });
  let next = 0;
  return found.flatMap((one) => (one.status === 'rejected' ? one : (ended[next++] ?? [])));
}

async function pupilOf({ store }: JobsCloud, { job, generation }: Begun): Promise<Pupil> {
  const history = (await readJobRow(store, { name: job.name, generation }))?.history;
  if (!history) {
    throw new RangeError(
      `Cannot tell ${job.name} its history: generation ${generation} began without one: received no history in its row`,
    );
  }
  return { job, generation, span: spanFrom(history.sinceMs), untilMs: history.untilMs };
}

/** Times, in order, of the facts of a run's history that were told later than they happened. */
export async function backfillOf(
  lake: Lake,
  { streams }: DeclaredJob,
  { sinceMs }: History,
): Promise<readonly number[]> {
  const times: number[] = [];
  for await (const part of lake.facts(streams, spanFrom(sinceMs))) {
    for (const { isBackfill, atMs } of part) if (isBackfill) times.push(atMs);
  }
  return times;
}

function spanFrom(sinceMs: number | undefined): Span {
  return { fromMs: sinceMs ?? allOfTheLake.fromMs, toMs: allOfTheLake.toMs };
}
