import { parseKinesisBatch } from '../../../shared/jobs/kinesis-batch.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import type { StateStore } from '../../../shared/stream/state-store.ts';
import { median } from '../median.ts';
import { collectYoung, cpuMs, EngineRun } from './engine-run.ts';
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
    for (const { event } of made) await take(engine, event);
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
    await take(engine, event, () => addPrice(commits, store.take()));
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

function take(engine: Engine, event: KinesisEvent, afterCommit?: () => void): Promise<void> {
  const { from, records } = parseKinesisBatch(event);
  return engine.take(from, records, afterCommit);
}

function parsePlainly({ Records }: KinesisEvent): void {
  for (const { kinesis } of Records) JSON.parse(Buffer.from(kinesis.data, 'base64').toString());
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
