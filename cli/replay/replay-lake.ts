import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import type { History, JobRow } from '../../shared/stream/state/control.ts';
import { endHistory, readJobRow, toldReason } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { beginGeneration, startGeneration } from './generations.ts';
import { findJoinPoint, untilLanded } from './join-point.ts';
import type { Lake } from './lake.ts';
import { allOfTheLake, type Span } from './lake-queries.ts';
import type { Beginning } from './options.ts';
import { tellerOf } from './tell-history.ts';

/** What a history amounted to. */
export interface ToldHistory {
  readonly facts: number;
  /** Time of its first fact and of its last. */
  readonly since: string | null;
  readonly until: string | null;
  /**
   * Times of facts that were told later than they happened, in order: live windows lack them.
   * Undefined: it was gone on with, and these are not all.
   */
  readonly backfillMs: readonly number[] | undefined;
}

type Say = (line: string) => void;

/**
 * Runs a job over what the lake holds, as a closed history with a clock of its own. No stream moves
 * its time, and it moves no stream's.
 */
export async function replayLake(
  cloud: JobsCloud,
  lake: Lake,
  declared: DeclaredJob,
  generation: number,
  { sinceMs, untilMs }: Extract<Beginning, { kind: 'lake' }>,
  say: Say,
): Promise<ToldHistory> {
  const span = { fromMs: sinceMs ?? allOfTheLake.fromMs, toMs: untilMs ?? allOfTheLake.toMs };
  return tell({ cloud, lake, declared, generation, say }, span, undefined);
}

/**
 * Begins a generation with what the lake holds, for the streams to join: finds where they meet,
 * waits until the lake holds all up to there, and lets functions know of it, stopped as yet.
 *
 * @returns its number.
 */
export async function beginWithLake(
  cloud: JobsCloud,
  lake: Lake,
  declared: DeclaredJob,
  wanted: number | undefined,
  { sinceMs, overlapMs }: Extract<Beginning, { kind: 'lake-and-streams' }>,
  say: Say,
): Promise<number> {
  const { now } = cloud;
  const join = await findJoinPoint(cloud, declared, now() - overlapMs);
  await untilLanded(lake, join, declared.streams, { now, say });
  const { fromMs, untilMs } = join;
  const history = { sinceMs, untilMs, told: false };
  return beginGeneration(cloud, declared, { wanted, kind: 'shadows', fromMs, history });
}

/** Whether a run waits for its history, or to be started behind it. */
export function lacksHistory(row: JobRow | undefined): boolean {
  if (row?.history === undefined) return false;
  return !row.history.told || (row.status === 'stopped' && row.reason === toldReason);
}

/**
 * Tells a generation its history, from the beginning or from where that was broken off, and starts
 * it: its function reads the streams from then on.
 */
export async function tellHistory(
  cloud: JobsCloud,
  lake: Lake,
  declared: DeclaredJob,
  generation: number,
  say: Say,
): Promise<ToldHistory> {
  const run = { name: declared.name, generation };
  const history = (await readJobRow(cloud.store, run))?.history;
  if (!history) {
    throw new RangeError(
      `Cannot tell ${run.name} its history: generation ${generation} began without one: received no history in its row`,
    );
  }
  const span = { fromMs: history.sinceMs ?? allOfTheLake.fromMs, toMs: allOfTheLake.toMs };
  const work = { cloud, lake, declared, generation, say };
  const told = await tell(work, span, history.untilMs);
  await endHistory(cloud.store, run);
  await startGeneration(cloud, run);
  return told;
}

/** Times, in order, of the facts of a run's history that were told later than they happened. */
export async function backfillOf(
  lake: Lake,
  { streams }: DeclaredJob,
  { sinceMs }: History,
): Promise<readonly number[]> {
  const span = { fromMs: sinceMs ?? allOfTheLake.fromMs, toMs: allOfTheLake.toMs };
  const times: number[] = [];
  for await (const part of lake.facts(streams, span)) {
    for (const { isBackfill, atMs } of part) if (isBackfill) times.push(atMs);
  }
  return times;
}

interface Work {
  readonly cloud: JobsCloud;
  readonly lake: Lake;
  readonly declared: DeclaredJob;
  readonly generation: number;
  readonly say: Say;
}

async function tell(
  { cloud, lake, declared, generation, say }: Work,
  span: Span,
  untilMs: number | undefined,
): Promise<ToldHistory> {
  const { store, now, backOff } = cloud;
  const isShadow = async () => (await readGenerations(store, declared)).live !== generation;
  const parts = { store, now, backOff, isShadow };
  const teller = declared.open((job) => tellerOf(parts, { ...job, generation }, untilMs));
  const resumeMs = await teller.resumeMs();
  const left = { ...span, fromMs: Math.max(span.fromMs, resumeMs ?? span.fromMs) };
  const backfillMs: number[] = [];
  let facts = 0;
  let [firstMs, lastMs]: [number?, number?] = [];
  if (left.fromMs < left.toMs) {
    for await (const part of lake.facts(declared.streams, left)) {
      await teller.tell(part);
      facts += part.length;
      firstMs ??= part[0]?.atMs;
      lastMs = part.at(-1)?.atMs ?? lastMs;
      for (const { isBackfill, atMs } of part) if (isBackfill) backfillMs.push(atMs);
      if (lastMs === undefined) continue;
      const day = dateOf(lastMs)?.slice(0, 10);
      say(`generation ${generation}: ${facts.toLocaleString('en')} facts, through ${day}`);
    }
  }
  await teller.end();
  const all = resumeMs === undefined ? backfillMs : undefined;
  return { facts, since: dateOf(firstMs), until: dateOf(lastMs), backfillMs: all };
}

function dateOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}
