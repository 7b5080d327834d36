import { PastOutlet } from '../../shared/jobs/past-outlet.ts';
import { historyShard } from '../../shared/jobs/run-shards.ts';
import type { LakeDataSet } from '../../shared/lake/data-sets.ts';
import { Closer } from '../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../shared/stream/commit/commit.ts';
import type { Job } from '../../shared/stream/job.ts';
import type { EngineParts } from '../../shared/stream/parts.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import { fixedShards } from '../../shared/stream/shard-reader.ts';
import { type HistoryRecord, historyParts } from './history-parts.ts';
import { KeepingOutlet } from './kept-words.ts';
import { type LakeFact, lakeTick } from './lake-facts.ts';

const factsOfBatch = 1_000;
/** Further than any window and lateness reach: the last tick passes them all. */
const pastAllMs = 400 * 24 * 3_600_000;
/** Places of one millisecond: facts first, its tick behind them. */
const placesOfMs = 10n ** 9n;
/** Added to times, so that every place is above zero. */
const firstPlaceMs = 10n ** 14n;
/** Behind every fact. */
const endPlaceMs = Date.UTC(10_000, 0, 1);

type LakeStream = LakeDataSet['stream'];

/** Takes a history part by part. */
export interface Teller {
  /** Where to go on: everything before it was told. Undefined: nothing was. To be called first. */
  resumeMs(): Promise<number | undefined>;
  /** Facts in order of time, none of a time that was told before. */
  tell(facts: readonly LakeFact[]): Promise<void>;
  end(): Promise<void>;
}

/** What a teller needs of its surroundings. */
interface TellerParts extends Pick<EngineParts, 'store' | 'now' | 'backOff'> {
  /** Reads anew whether nobody outside sees the run: one that was told by another may be live by now. */
  isShadow(): Promise<boolean>;
}

/**
 * Tells a job its history: facts in order of their time, with a tick behind each thousand. The place
 * of a fact follows from its time, so that who begins again meets what was told already.
 *
 * @param untilMs no tick goes beyond it: shards of the streams are to join there, and what they
 * bring again is known by its identity. Undefined: the history is closed, a last tick passes
 * everything.
 */
export function tellerOf<Event>(
  { isShadow, ...engine }: TellerParts,
  declared: Job<Event>,
  untilMs: number | undefined,
): Teller {
  const job = inOrder(declared);
  const parts: EngineParts = { ...engine, shards: fixedShards(historyShard) };
  const streams = job.sources.map(({ stream }) => lakeStream(job, stream));
  const committers = new Map(
    streams.map((stream) => [
      stream,
      new ShardCommitter(job, { stream, shard: historyShard }, parts),
    ]),
  );
  const closer = new Closer(job, parts);
  const isRule = job.kind === 'keyed' || job.kind === 'rule';
  // A closed history is never live.
  const outlet =
    isRule && untilMs !== undefined
      ? new KeepingOutlet(engine.store, isShadow)
      : new PastOutlet(engine.store, engine.now, isShadow);
  let toldMs = Number.NEGATIVE_INFINITY;

  /** @param placeMs the millisecond behind whose facts the ticks lie. */
  async function commit(facts: readonly LakeFact[], placeMs: number, tickMs: number) {
    const parts = historyParts(job, recordsOf(facts));
    for (const [index, part] of parts.entries()) {
      for (const [stream, { records, decoded }] of part) {
        const isLast = index === parts.length - 1;
        if (records.length === 0 && !isLast) continue;
        const ticks = isLast ? [tickOf(lakeStream(job, stream), placeMs, tickMs)] : [];
        const read = job.sources.find((source) => source.stream === stream)?.decode(ticks) ?? [];
        const told = await committers
          .get(lakeStream(job, stream))
          ?.commit([...records, ...ticks], [...decoded, ...read], { atTip: true });
        await outlet.publish(job, told?.emissions ?? []);
      }
    }
    const told = await closer.close();
    await outlet.publish(job, told.emissions);
    for (const committer of committers.values()) committer.forget(told.doneMs);
    if (told.failure) throw told.failure;
  }

  return {
    async resumeMs() {
      await outlet.sweep(job);
      const positions = await Promise.all(
        [...committers.values()].map((committer) => committer.position()),
      );
      const places = positions.map(({ sequenceNumber }) => sequenceNumber);
      if (places.includes(undefined)) return undefined;
      return Math.min(...places.map((place) => timeOf(place ?? '0')));
    },
    async tell(facts) {
      for (const batch of batchesOf(facts)) {
        toldMs = batch.at(-1)?.atMs ?? toldMs;
        await commit(batch, toldMs, Math.min(toldMs, untilMs ?? toldMs));
      }
    },
    async end() {
      const endMs = untilMs ?? Math.max(toldMs, engine.now()) + pastAllMs;
      await commit([], endPlaceMs, endMs);
      await outlet.sweep(job);
    },
  };
}

/** What comes in order waits for nothing, and of what time has not passed nothing is shown. */
function inOrder<Event>(declared: Job<Event>): Job<Event> {
  const sources = declared.sources.map((source) => ({ ...source, tickSettleMs: 0 }));
  const job = { ...declared, sources, watermarkDelayMs: 0 };
  return job.kind === 'windowed' ? { ...job, preliminaryEveryMs: undefined } : job;
}

/** @throws RangeError for a stream that the lake does not keep. */
function lakeStream<Event>({ name }: Job<Event>, stream: string): LakeStream {
  if (stream === 'shop-changes' || stream === 'clickstream') return stream;
  throw new RangeError(
    `Cannot tell ${name} its history: the lake keeps facts of shop-changes and clickstream: received a source of ${stream}`,
  );
}

/** The tick behind a batch. */
function tickOf(stream: LakeStream, placeMs: number, tickMs: number): StreamRecord {
  const sequenceNumber = placeOf(placeMs, placesOfMs - 1n);
  return { sequenceNumber, data: lakeTick(stream, tickMs), arrivalMs: tickMs };
}

function recordsOf(facts: readonly LakeFact[]): readonly HistoryRecord[] {
  const last = new Map<string, { readonly atMs: number; readonly ordinal: bigint }>();
  return facts.map(({ stream, atMs, arrivalMs, data }) => {
    const before = last.get(stream);
    const ordinal = before?.atMs === atMs ? before.ordinal + 1n : 0n;
    last.set(stream, { atMs, ordinal });
    return { stream, record: { sequenceNumber: placeOf(atMs, ordinal), data, arrivalMs } };
  });
}

/** Facts of one millisecond stay together: the tick behind them says that there are no more. */
function* batchesOf(facts: readonly LakeFact[]): Iterable<readonly LakeFact[]> {
  for (let first = 0; first < facts.length; ) {
    let end = Math.min(facts.length, first + factsOfBatch);
    while (end < facts.length && facts[end]?.atMs === facts[end - 1]?.atMs) end += 1;
    yield facts.slice(first, end);
    first = end;
  }
}

function placeOf(atMs: number, ordinal: bigint): string {
  return String((BigInt(atMs) + firstPlaceMs) * placesOfMs + ordinal);
}

function timeOf(place: string): number {
  return Number(BigInt(place) / placesOfMs - firstPlaceMs);
}
