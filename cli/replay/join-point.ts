import { setTimeout as delay } from 'node:timers/promises';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { lakeDataSets } from '../../shared/lake/data-sets.ts';
import type { Job } from '../../shared/stream/job.ts';
import type { ShardReader } from '../../shared/stream/shard-reader.ts';
import type { Source } from '../../shared/stream/source.ts';
import type { Lake } from './lake.ts';
import { allOfTheLake } from './lake-queries.ts';

/** Where a history of the lake and the streams meet. */
export interface JoinPoint {
  /** The streams are read from the records that arrived then. */
  readonly fromMs: number;
  /** No event before it is still to come: the history may move time up to here. */
  readonly untilMs: number;
  /** What lies in the streams from there on: by identity, the time of each fact. */
  readonly facts: ReadonlyMap<string, number>;
}

/** What waiting takes. */
export interface Waiting {
  now(): number;
  say(line: string): void;
  /** @default - of the clock on the wall */
  sleep?(milliseconds: number): Promise<unknown>;
}

/** How far below the first tick time may stand for the sake of facts that came late. */
const lateMs = 3_600_000;
const pollMs = 1_000;
const patienceMs = 180_000;

/**
 * Finds where a history may meet the streams: reads them from `fromMs` to their tip, and on until
 * each open shard has told a tick that is to be believed. What comes after that tick is no older;
 * of what came before it the oldest fact is looked for, so that the streams bring no fact of the
 * overlap to a window that the history has made final.
 *
 * @throws Error when a shard tells no tick: its source stands still, nobody could say what is yet
 * to come.
 */
export async function findJoinPoint(
  { shards, now }: { readonly shards: ShardReader; readonly now: () => number },
  declared: DeclaredJob,
  fromMs: number,
): Promise<JoinPoint> {
  const deadlineMs = now() + patienceMs;
  const facts = new Map<string, number>();
  const ticks = await declared.open(async (job) => {
    const found: number[] = [];
    for (const source of job.sources) {
      for (const { shard, closed } of await shards.list(source.stream)) {
        const tickMs = await readShard(job, source, shard, closed);
        if (tickMs !== undefined) found.push(tickMs - job.watermarkDelayMs);
      }
    }
    return found;
  });
  const tickMs = ticks.reduce((first, atMs) => Math.min(first, atMs), now());
  const oldestMs = [...facts.values()].reduce((first, atMs) => Math.min(first, atMs), tickMs);
  return { fromMs, untilMs: Math.max(oldestMs, tickMs - lateMs), facts };

  /** The first tick that is to be believed; undefined for a shard that ended without one. */
  async function readShard<Event>(
    job: Job<Event>,
    source: Source<Event>,
    shard: string,
    closed: boolean,
  ): Promise<number | undefined> {
    let after: string | undefined;
    let first: { readonly atMs: number; readonly arrivalMs: number } | undefined;
    let isBelieved = false;
    for (;;) {
      const { records, atTip } = await shards.read(source.stream, shard, after, fromMs);
      after = records.at(-1)?.sequenceNumber ?? after;
      for (const [index, decoded] of source.decode(records).entries()) {
        const arrivalMs = records[index]?.arrivalMs ?? 0;
        if (decoded.kind === 'event') {
          const atMs = job.eventTimeMs(decoded.event);
          // What a job sets aside, or no partition is declared for, is not waited for.
          const isKept = atMs <= arrivalMs + job.maxFutureMs && atMs >= allOfTheLake.fromMs;
          if (isKept) facts.set(decoded.id, atMs);
        }
        if (decoded.kind !== 'tick') continue;
        isBelieved ||= first !== undefined && arrivalMs >= first.arrivalMs + source.tickSettleMs;
        first ??= { atMs: decoded.atMs, arrivalMs };
      }
      isBelieved ||= first !== undefined && source.tickSettleMs === 0;
      if (atTip && (isBelieved || closed)) return isBelieved ? first?.atMs : undefined;
      if (!atTip) continue;
      if (now() > deadlineMs) {
        throw new Error(
          `Cannot join ${source.stream}: shard ${shard} told no tick for ${patienceMs / 1_000} s, its source stands still: received records through ${after ?? 'none'}`,
        );
      }
      await delay(pollMs);
    }
  }
}

/**
 * Waits until the lake holds all that the streams brought from the join point on. What came before
 * that arrived earlier, and so did it in the lake.
 *
 * @throws Error when some of it does not come, naming a fact.
 */
export async function untilLanded(
  lake: Lake,
  { facts }: JoinPoint,
  streams: readonly string[],
  { now, say, sleep = delay }: Waiting,
): Promise<void> {
  const missing = new Map(facts);
  let changedMs = now();
  for (;;) {
    const before = missing.size;
    for (const dataSet of lakeDataSets.filter(({ stream }) => streams.includes(stream))) {
      const isOf = (id: string): boolean =>
        dataSet.stream === 'clickstream' || id.startsWith(`${dataSet.name}|`);
      const times = [...missing].flatMap(([id, atMs]) => (isOf(id) ? [atMs] : []));
      if (times.length === 0) continue;
      const span = {
        fromMs: times.reduce((first, atMs) => Math.min(first, atMs)),
        toMs: times.reduce((last, atMs) => Math.max(last, atMs)) + 1,
      };
      for (const id of await lake.identities(dataSet, span)) missing.delete(id);
    }
    if (missing.size === 0) return;
    if (missing.size < before) changedMs = now();
    const [id] = missing.keys();
    if (now() > changedMs + patienceMs) {
      throw new Error(
        `Cannot begin with the lake: ${missing.size} of the last ${facts.size} facts of the streams did not land for ${patienceMs / 1_000} s: received none for ${id}`,
      );
    }
    say(
      `The lake lacks ${missing.size.toLocaleString('en')} of the last ${facts.size.toLocaleString('en')} facts of the streams; they land within a minute or two.`,
    );
    await sleep(5 * pollMs);
  }
}
