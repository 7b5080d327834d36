import { saleFeatureJobs } from '../../../functions/sale-features/jobs.ts';
import { statisticsJobs } from '../../../functions/statistics/jobs.ts';
import { settings } from '../../../shared/config/settings.ts';
import type { DeclaredJob } from '../../../shared/jobs/declared-job.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import type { StateStore } from '../../../shared/stream/state-store.ts';
import { collectYoung, cpuMs, EngineRun } from '../engine/engine-run.ts';
import { type Price, PricedStore } from '../engine/priced-store.ts';
import { median } from '../median.ts';
import { ShopLoad } from './shop-load.ts';

/** One measurement. */
export interface JobCase {
  readonly job: string;
  /** Products and visitors. */
  readonly keys: number;
  readonly shards: number;
  /** How many records are timed, as many of each of the job's streams. */
  readonly records: number;
}

/** A job over panes, which take many events at once, or one with a row for each key. */
type Work = 'panes' | 'rows';

const roundRecords = 10_000;
const pricedRecords = 20_000;
/** Longer than any window with what it looks back at. */
const passesAllMs = 3 * 24 * 3_600_000;
const idleTicks = 12;
const tickEveryMs = 5_000;

/** The jobs that can be measured, in the order of their declaration. */
export function measuredJobs(): readonly { readonly name: string; readonly work: Work }[] {
  return jobs().map((job) => {
    const work = job.open(({ kind }) =>
      kind === 'windowed' || kind === 'rule' ? 'panes' : 'rows',
    );
    return { name: job.name, work };
  });
}

/** Ticks count at once: what a capture's retries take is no matter of the engine. */
function jobs(): readonly DeclaredJob[] {
  const forAll = { CHANGE_TICK_SETTLE_MS: '0', MAX_FUTURE_MS: String(passesAllMs) };
  const all = settings(forAll);
  return [...statisticsJobs(all), ...saleFeatureJobs(all)];
}

/** Measures one case in this process, which should do nothing else. */
export async function runJob(shape: JobCase): Promise<Record<string, unknown>> {
  const declared = jobs().find(({ name }) => name === shape.job);
  if (!declared) throw new RangeError(`Cannot measure a job: received "${shape.job}"`);
  const load = new ShopLoad({ ...shape, streams: declared.streams });
  const engine = runOf(declared, shape.shards, new MemoryStore());
  const rates: number[] = [];
  let engineMs = 0;
  let records = 0;
  for (let round = -1; records < shape.records; round += 1) {
    const made = Array.from({ length: roundRecords / 500 }, () => load.batch());
    collectYoung();
    const closedBefore = engine.closeMs;
    const fromMs = cpuMs();
    for (const batch of made) await engine.take(batch.from, batch.records);
    const tookMs = cpuMs() - fromMs - (engine.closeMs - closedBefore);
    if (round < 0) continue; // warms up
    const count = made.reduce((sum, batch) => sum + batch.records.length, 0);
    engineMs += tookMs;
    records += count;
    rates.push((count / tookMs) * 1_000);
  }
  const previewMs = await medianOfThree(async () => {
    const batch = load.batch();
    await engine.take(batch.from, batch.records);
    const fromMs = cpuMs();
    await engine.preview();
    return cpuMs() - fromMs;
  });
  const { longestBytes } = engine;
  for (const batch of load.ticks(passesAllMs)) await engine.take(batch.from, batch.records);
  const million = 1e6 / records;
  return {
    bench: 'jobs',
    ...shape,
    records,
    eventsPerSecond: Math.round(median(rates)),
    closeMsPerMillionEvents: Math.round(engine.closeMs * million),
    cpuSecondsPerMillionEvents: rounded(((engineMs + engine.closeMs) / 1_000) * million, 2),
    previewMs: rounded(previewMs, 1),
    longestResultBytes: longestBytes,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1e3),
    ...(await priceOf(declared, shape)),
  };
}

async function medianOfThree(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < 3; time += 1) values.push(await measure());
  return median(values);
}

/** What the same load would cost in DynamoDB, and what a tick alone costs, by a run that is not timed. */
async function priceOf(declared: DeclaredJob, shape: JobCase) {
  const store = new PricedStore(new MemoryStore());
  const engine = runOf(declared, shape.shards, store);
  const load = new ShopLoad({ ...shape, streams: declared.streams });
  const commits: Price[] = [];
  const closes: Price[] = [];
  let records = 0;
  while (records < pricedRecords) {
    const batch = load.batch();
    await engine.take(batch.from, batch.records, () => commits.push(store.take()));
    closes.push(store.take());
    records += batch.records.length;
  }
  // What is open closes first, and a minute of silence passes nothing afterwards.
  for (const batch of load.ticks(passesAllMs)) await engine.take(batch.from, batch.records);
  closes.push(store.take());
  let idleBatches = 0;
  const idle: Price[] = [];
  for (let tick = 0; tick < idleTicks; tick += 1) {
    for (const batch of load.ticks(tickEveryMs)) {
      await engine.take(batch.from, batch.records);
      idleBatches += 1;
    }
    idle.push(store.take());
  }
  const per = (prices: readonly Price[], of: (price: Price) => number, each: number) =>
    rounded(prices.reduce((sum, price) => sum + of(price), 0) / each, 1);
  const millions = records / 1e6;
  return {
    stateBytesPerMillionEvents: per(commits, ({ bytes }) => bytes, millions),
    writeUnitsPerMillionEvents: per(commits, ({ writeUnits }) => writeUnits, millions),
    closeWriteUnitsPerMillionEvents: per(closes, ({ writeUnits }) => writeUnits, millions),
    writeUnitsPerIdleTick: per(idle, ({ writeUnits }) => writeUnits, idleBatches),
    readUnitsPerIdleTick: per(idle, ({ readUnits }) => readUnits, idleBatches),
  };
}

/** What takes batches, whatever the type of the job's events. */
type Run = Pick<EngineRun<unknown>, 'take' | 'preview' | 'closeMs' | 'longestBytes'>;

function runOf(declared: DeclaredJob, shards: number, store: StateStore): Run {
  return declared.open((job): Run => new EngineRun(job, shards, store));
}

function rounded(value: number, places: number): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}
