import { parseKinesisBatch } from '../../../shared/jobs/kinesis-batch.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { Closer } from '../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import type { Emission, Job } from '../../../shared/stream/job.ts';
import type { EngineParts } from '../../../shared/stream/parts.ts';
import type { ShardId } from '../../../shared/stream/record.ts';
import { fixedShards } from '../../../shared/stream/shard-reader.ts';
import { outboxPartition, outboxSk } from '../../../shared/stream/state/layout.ts';
import type { StateStore } from '../../../shared/stream/state-store.ts';
import { median } from '../median.ts';
import { type JobKind, withJob } from './jobs.ts';
import { Load } from './load.ts';
import { type Price, PricedStore } from './priced-store.ts';
import { type KinesisEvent, recordKinds } from './records.ts';

/** One measurement. */
export interface EngineCase {
  readonly record: keyof typeof recordKinds;
  readonly job: JobKind;
  readonly keys: number;
  readonly batch: number;
  readonly shards: number;
  /** How many events are timed, after as many to warm up as one round has. */
  readonly events: number;
}

/** Events of a round: of these the plain rate and the engine's are taken, one after the other. */
const roundEvents = 20_000;
/** So many events and batches at least are priced. */
const pricedEvents = 50_000;
const pricedBatches = 5;

/** Measures one case in this process, which should do nothing else: its peak memory is told. */
export async function runCase(shape: EngineCase): Promise<Record<string, unknown>> {
  const load = new Load(recordKinds[shape.record], shape);
  const batches = Math.max(1, Math.round(roundEvents / shape.batch));
  const rounds = Math.max(3, Math.round(shape.events / (batches * shape.batch)));
  const engine = engineOf(shape, new MemoryStore());
  const plainRates: number[] = [];
  const engineRates: number[] = [];
  const ratios: number[] = [];
  let bytes = 0;
  let records = 0;
  let closeMs = 0;
  let engineMs = 0;
  let baseRss = 0;
  for (let round = -1; round < rounds; round += 1) {
    const made = Array.from({ length: batches }, () => load.batch());
    const count = made.reduce((sum, { event }) => sum + event.Records.length, 0);
    if (round < 0) baseRss = process.memoryUsage.rss();
    collectYoung();
    const plainFromMs = cpuMs();
    for (const { event } of made) parsePlainly(event);
    const plainMs = cpuMs() - plainFromMs;
    collectYoung();
    const closedBefore = engine.closeMs;
    const engineFromMs = cpuMs();
    for (const { event } of made) await engine.take(event);
    const closing = engine.closeMs - closedBefore;
    const tookMs = cpuMs() - engineFromMs - closing;
    if (round < 0) continue; // warms up
    bytes += made.reduce((sum, batch) => sum + batch.bytes, 0);
    records += count;
    closeMs += closing;
    engineMs += tookMs;
    plainRates.push((count / plainMs) * 1_000);
    engineRates.push((count / tookMs) * 1_000);
    ratios.push(plainMs / tookMs);
  }
  const million = 1e6 / records;
  const line = {
    bench: 'engine',
    ...shape,
    events: records,
    recordBytes: Math.round(bytes / records),
    eventsPerSecond: Math.round(median(engineRates)),
    plainParsePerSecond: Math.round(median(plainRates)),
    ratio: rounded(median(ratios), 2),
    closeMsPerMillionEvents: Math.round(closeMs * million),
    cpuSecondsPerMillionEvents: rounded(((engineMs + closeMs) / 1_000) * million, 2),
    baseRssMb: Math.round(baseRss / 1e6),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1e3),
  };
  return { ...line, ...(await priceOf(shape)) };
}

/** What the same load would cost in DynamoDB, told by a run of its own that is not timed. */
async function priceOf(shape: EngineCase) {
  const store = new PricedStore(new MemoryStore());
  const engine = engineOf(shape, store);
  const load = new Load(recordKinds[shape.record], shape);
  const batches = Math.max(pricedBatches, Math.ceil(pricedEvents / shape.batch)) * shape.shards;
  let records = 0;
  const commits = noPrice();
  const closes = noPrice();
  for (let n = 0; n < batches; n += 1) {
    const { event } = load.batch();
    records += event.Records.length;
    await engine.take(event, () => addPrice(commits, store.take()));
    addPrice(closes, store.take());
  }
  const per = (units: number) => Math.round((units / records) * 1e6);
  return {
    bytesPerMillionEvents: per(commits.bytes),
    writeUnitsPerMillionEvents: per(commits.writeUnits),
    readUnitsPerMillionEvents: per(commits.readUnits),
    transactionsPerMillionEvents: per(commits.transactions),
    closeWriteUnitsPerMillionEvents: per(closes.writeUnits),
  };
}

/** What takes events, whatever the type of the job's own. */
type Engine = Pick<EngineRun<unknown>, 'take' | 'closeMs'>;

function engineOf({ record, job, shards }: EngineCase, store: StateStore): Engine {
  return withJob(record, job, (ofKind): Engine => new EngineRun(ofKind, shards, store));
}

/** A job with a committer for each shard, on a store that waits for nothing. */
class EngineRun<Event> {
  /** Time of a core spent closing windows so far. */
  closeMs = 0;
  readonly #job: Job<Event>;
  readonly #parts: EngineParts;
  readonly #closer: Closer<Event>;
  readonly #committers = new Map<string, ShardCommitter<Event>>();

  constructor(job: Job<Event>, shards: number, store: StateStore) {
    const names = Array.from(
      { length: shards },
      (_, shard) => `shardId-${String(shard).padStart(12, '0')}`,
    );
    this.#job = job;
    this.#parts = {
      store,
      shards: fixedShards(...names),
      now: () => Date.now(),
      backOff: async () => {},
    };
    this.#closer = new Closer(job, this.#parts);
  }

  /** From the event of a mapping to what it commits; then, when time has moved on, what closes. */
  async take(event: KinesisEvent, afterCommit = () => {}): Promise<void> {
    const { from, records } = parseKinesisBatch(event);
    const decoded = this.#job.sources[0]?.decode(records) ?? [];
    const report = await this.#committerOf(from).commit(records, decoded);
    afterCommit();
    const startedMs = cpuMs();
    await this.#clear(report.emissions);
    if (report.watermarkRose) {
      const closed = await this.#closer.advance();
      await this.#clear(closed.emissions);
      for (const committer of this.#committers.values()) committer.forget(closed.doneMs);
    }
    this.closeMs += cpuMs() - startedMs;
  }

  /** As the relay does once it has published. */
  async #clear(emissions: readonly Emission[]): Promise<void> {
    const partition = outboxPartition(this.#job);
    const keys = emissions.map((emission) => ({ ...partition, sk: outboxSk(emission) }));
    if (keys.length > 0) await this.#parts.store.remove(keys);
  }

  #committerOf(from: ShardId): ShardCommitter<Event> {
    const known = this.#committers.get(from.shard);
    if (known) return known;
    const committer = new ShardCommitter(this.#job, from, this.#parts);
    this.#committers.set(from.shard, committer);
    return committer;
  }
}

function parsePlainly({ Records }: KinesisEvent): void {
  for (const { kinesis } of Records) JSON.parse(Buffer.from(kinesis.data, 'base64').toString());
}

/**
 * Leaves nobody's garbage to the next, and the records where they need not be moved any more. Old
 * memory is left alone: a full collection would take the hidden classes of parsed records with it,
 * and the optimised code that rests on them.
 */
function collectYoung(): void {
  for (let time = 0; time < 2; time += 1) globalThis.gc?.({ type: 'minor' });
}

/**
 * Time that this process has had a core, its collector's threads included: on a busy machine it
 * tells what one core would do, which the clock on the wall does not.
 */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function rounded(value: number, places: number): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}

type Sum = { -readonly [Field in keyof Price]: Price[Field] };

function noPrice(): Sum {
  return { writeUnits: 0, readUnits: 0, bytes: 0, transactions: 0 };
}

function addPrice(sum: Sum, more: Price): void {
  sum.writeUnits += more.writeUnits;
  sum.readUnits += more.readUnits;
  sum.bytes += more.bytes;
  sum.transactions += more.transactions;
}
