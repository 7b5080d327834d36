import { setTimeout as delay } from 'node:timers/promises';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import type { Job } from '../../shared/stream/job.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import type { ShardReader } from '../../shared/stream/shard-reader.ts';
import type { Source } from '../../shared/stream/source.ts';
import { allOfTheLake } from './lake-queries.ts';

/** Where a history of the lake and the streams meet, for several jobs. */
export interface JoinPoints {
  /** The streams are read from the records that arrived then. */
  readonly fromMs: number;
  /** By job: no event before it is still to come, the history may move time up to here. */
  readonly untilMs: ReadonlyMap<string, number>;
  /** What arrived of late, by stream: identities, and the time of each fact. */
  readonly facts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Streams that cannot be joined, and why. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** How far below the first tick time may stand for the sake of facts that came late. */
const lateMs = 3_600_000;
const pollMs = 1_000;
/** So long a shard may tell no tick. */
const patienceMs = 180_000;
/** Deliveries hold records back for less, so that what arrived earlier has landed. */
const landedMs = 15 * 60_000;

/**
 * Finds where a history may meet the streams, each read once for all jobs: from `fromMs` to its tip,
 * and on until each open shard has told a tick that is to be believed. What comes after that tick is
 * no older; of what came before it the oldest fact is looked for, so that the streams bring no fact of
 * the overlap to a window that the history has made final. Facts of a while before `fromMs`, which the
 * runs will not meet again, are noted as well: the lake has to hold them.
 *
 * A shard that tells no tick fails its stream: its source stands still, nobody could say what is yet
 * to come.
 */
export async function findJoinPoints(
  { shards, now }: { readonly shards: ShardReader; readonly now: () => number },
  jobs: readonly DeclaredJob[],
  fromMs: number,
): Promise<JoinPoints> {
  const deadlineMs = now() + patienceMs;
  const joinings = jobs.map(({ open }) => open((job) => joiningOf(job, fromMs, now())));
  const streams = [...new Set(jobs.flatMap((job) => job.streams))];
  const facts = new Map(streams.map((stream) => [stream, new Map<string, number>()]));
  const readings = await Promise.allSettled(streams.map(readStream));
  const failures = readings.flatMap((reading, index) =>
    reading.status === 'rejected' ? [[streams[index] ?? '', reading.reason] as const] : [],
  );
  const untilMs = new Map(joinings.map((joining) => [joining.name, joining.untilMs()]));
  return { fromMs, untilMs, facts, failures: new Map(failures) };

  /** Shards that end meanwhile are followed by their children. */
  async function readStream(stream: string): Promise<void> {
    const sources = joinings.flatMap((joining) =>
      joining.sources.filter((source) => source.stream === stream),
    );
    const read = new Set<string>();
    for (;;) {
      const left = (await shards.list(stream)).filter(({ shard }) => !read.has(shard));
      if (left.length === 0) return;
      for (const { shard } of left) {
        await readShard(stream, shard, sources);
        read.add(shard);
      }
    }
  }

  async function readShard(
    stream: string,
    shard: string,
    sources: readonly SourceJoining[],
  ): Promise<void> {
    const ofStream = facts.get(stream) ?? new Map<string, number>();
    const noticedMs = fromMs - landedMs;
    const joining = sources.map((source) => source.openShard());
    let after: string | undefined;
    for (;;) {
      // Asked before it is read: what is put into it afterwards is read the next time.
      const listing = await shards.list(stream);
      const closed = listing.find((one) => one.shard === shard)?.closed ?? true;
      const { records, atTip } = await shards.read(stream, shard, after, noticedMs);
      after = records.at(-1)?.sequenceNumber ?? after;
      for (const one of joining) one.take(records, ofStream);
      if (!atTip) continue;
      if (closed || joining.every((one) => one.isBelieved())) {
        for (const one of joining) one.end();
        return;
      }
      if (now() > deadlineMs) {
        throw new Error(
          `Cannot join ${stream}: shard ${shard} told no tick for ${patienceMs / 1_000} s, its source stands still: received records through ${after ?? 'none'}`,
        );
      }
      await delay(pollMs);
    }
  }
}

/** How one job joins: what it finds in all shards of its streams. */
interface Joining {
  readonly name: string;
  readonly sources: readonly SourceJoining[];
  untilMs(): number;
}

interface SourceJoining {
  readonly stream: string;
  openShard(): ShardJoining;
}

interface ShardJoining {
  /** Notes the facts among these records. */
  take(records: readonly StreamRecord[], facts: Map<string, number>): void;
  /** Whether it has told a tick that is to be believed. */
  isBelieved(): boolean;
  /** Nothing more of it is read. */
  end(): void;
}

function joiningOf<Event>(job: Job<Event>, fromMs: number, nowMs: number): Joining {
  let oldestMs = Number.POSITIVE_INFINITY;
  let tickMs = nowMs;
  return {
    name: job.name,
    sources: job.sources.map((source) => ({
      stream: source.stream,
      openShard: () =>
        shardJoining(job, source, fromMs, {
          fact: (atMs) => {
            oldestMs = Math.min(oldestMs, atMs);
          },
          tick: (atMs) => {
            tickMs = Math.min(tickMs, atMs - job.watermarkDelayMs);
          },
        }),
    })),
    untilMs: () => Math.max(Math.min(oldestMs, tickMs), tickMs - lateMs),
  };
}

/** Whom to tell of the time of a fact that came since the join, and of a shard's first tick. */
interface Notes {
  fact(atMs: number): void;
  tick(atMs: number): void;
}

function shardJoining<Event>(
  job: Job<Event>,
  source: Source<Event>,
  fromMs: number,
  notes: Notes,
): ShardJoining {
  let first: { readonly atMs: number; readonly arrivalMs: number } | undefined;
  let isBelieved = false;
  return {
    take(records, facts) {
      for (const [index, decoded] of source.decode(records).entries()) {
        const arrivalMs = records[index]?.arrivalMs ?? 0;
        if (decoded.kind === 'event') {
          const atMs = job.eventTimeMs(decoded.event);
          // What a job sets aside, or no partition is declared for, is not waited for; nor is a
          // name that is no Unicode, which no file holds as it was.
          const isKept = atMs <= arrivalMs + job.maxFutureMs && atMs >= allOfTheLake.fromMs;
          if (!isKept) continue;
          if (decoded.id.isWellFormed()) facts.set(decoded.id, atMs);
          if (arrivalMs >= fromMs) notes.fact(atMs);
        }
        if (decoded.kind !== 'tick' || arrivalMs < fromMs || isBelieved) continue;
        // The engine believes no clock that is ahead of the stream's own.
        if (decoded.atMs > arrivalMs + job.maxFutureMs) continue;
        // A capture that begins again repeats what it may not have sent, ticks included.
        if (first === undefined || decoded.atMs <= first.atMs) {
          first = { atMs: decoded.atMs, arrivalMs };
        }
        isBelieved = arrivalMs >= first.arrivalMs + source.tickSettleMs;
      }
    },
    isBelieved: () => isBelieved,
    end() {
      if (isBelieved && first) notes.tick(first.atMs);
    },
  };
}
