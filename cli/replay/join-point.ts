import { setTimeout as delay } from 'node:timers/promises';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { factDataSets } from '../../shared/lake/data-sets.ts';
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
  /** What arrived of late, by stream: identities, and the time of each fact. */
  readonly facts: ReadonlyMap<string, ReadonlyMap<string, number>>;
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
/** Deliveries hold records back for less, so that what arrived earlier has landed. */
const landedMs = 15 * 60_000;

/**
 * Finds where a history may meet the streams: reads them from `fromMs` to their tip, and on until
 * each open shard has told a tick that is to be believed. What comes after that tick is no older;
 * of what came before it the oldest fact is looked for, so that the streams bring no fact of the
 * overlap to a window that the history has made final. Facts of a while before `fromMs`, which the
 * run will not meet again, are noted as well: the lake has to hold them.
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
  const facts = new Map<string, Map<string, number>>();
  let oldestMs = Number.POSITIVE_INFINITY;
  let tickMs = now();
  await declared.open(async (job) => {
    for (const source of job.sources) await readStream(job, source);
  });
  return { fromMs, untilMs: Math.max(Math.min(oldestMs, tickMs), tickMs - lateMs), facts };

  /** Shards that end meanwhile are followed by their children. */
  async function readStream<Event>(job: Job<Event>, source: Source<Event>): Promise<void> {
    const ofStream = facts.get(source.stream) ?? new Map<string, number>();
    facts.set(source.stream, ofStream);
    const read = new Set<string>();
    for (;;) {
      const listing = await shards.list(source.stream);
      const left = listing.filter(({ shard }) => !read.has(shard));
      if (left.length === 0) return;
      for (const { shard } of left) {
        const atMs = await readShard(job, source, shard, ofStream);
        if (atMs !== undefined) tickMs = Math.min(tickMs, atMs - job.watermarkDelayMs);
        read.add(shard);
      }
    }
  }

  /** The first tick that is to be believed; undefined for a shard that ended without one. */
  async function readShard<Event>(
    job: Job<Event>,
    source: Source<Event>,
    shard: string,
    ofStream: Map<string, number>,
  ): Promise<number | undefined> {
    const noticedMs = fromMs - landedMs;
    let after: string | undefined;
    let first: { readonly atMs: number; readonly arrivalMs: number } | undefined;
    let isBelieved = false;
    for (;;) {
      // Asked before it is read: what is put into it afterwards is read the next time.
      const listing = await shards.list(source.stream);
      const closed = listing.find((one) => one.shard === shard)?.closed ?? true;
      const { records, atTip } = await shards.read(source.stream, shard, after, noticedMs);
      after = records.at(-1)?.sequenceNumber ?? after;
      for (const [index, decoded] of source.decode(records).entries()) {
        const arrivalMs = records[index]?.arrivalMs ?? 0;
        if (decoded.kind === 'event') {
          const atMs = job.eventTimeMs(decoded.event);
          // What a job sets aside, or no partition is declared for, is not waited for; nor is a
          // name that is no Unicode, which no file holds as it was.
          const isKept = atMs <= arrivalMs + job.maxFutureMs && atMs >= allOfTheLake.fromMs;
          if (!isKept) continue;
          if (decoded.id.isWellFormed()) ofStream.set(decoded.id, atMs);
          if (arrivalMs >= fromMs) oldestMs = Math.min(oldestMs, atMs);
        }
        if (decoded.kind !== 'tick' || arrivalMs < fromMs) continue;
        // The engine believes no clock that is ahead of the stream's own.
        if (decoded.atMs > arrivalMs + job.maxFutureMs) continue;
        if (isBelieved) continue;
        // A capture that begins again repeats what it may not have sent, ticks included.
        if (first === undefined || decoded.atMs <= first.atMs) {
          first = { atMs: decoded.atMs, arrivalMs };
        }
        isBelieved = arrivalMs >= first.arrivalMs + source.tickSettleMs;
      }
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
  const missing = new Map([...facts].map(([stream, ofStream]) => [stream, new Map(ofStream)]));
  const lacking = () => [...missing.values()].reduce((sum, { size }) => sum + size, 0);
  const all = lacking();
  let changedMs = now();
  for (;;) {
    const before = lacking();
    for (const dataSet of factDataSets.filter(({ stream }) => streams.includes(stream))) {
      const ofStream = missing.get(dataSet.stream) ?? new Map<string, number>();
      const isOf = (id: string): boolean =>
        dataSet.stream === 'clickstream' || id.startsWith(`${dataSet.name}|`);
      const times = [...ofStream].flatMap(([id, atMs]) => (isOf(id) ? [atMs] : []));
      if (times.length === 0) continue;
      const span = {
        fromMs: times.reduce((first, atMs) => Math.min(first, atMs)),
        toMs: times.reduce((last, atMs) => Math.max(last, atMs)) + 1,
      };
      for (const id of await lake.identities(dataSet, span)) ofStream.delete(id);
    }
    const left = lacking();
    if (left === 0) return;
    if (left < before) changedMs = now();
    const [id] = [...missing.values()].flatMap((ofStream) => [...ofStream.keys()]);
    if (now() > changedMs + patienceMs) {
      throw new Error(
        `Cannot begin with the lake: ${left} of the last ${all} facts of the streams did not land for ${patienceMs / 1_000} s: received none for ${id}`,
      );
    }
    say(
      `The lake lacks ${left.toLocaleString('en')} of the last ${all.toLocaleString('en')} facts of the streams; they land within a minute or two.`,
    );
    await sleep(5 * pollMs);
  }
}
