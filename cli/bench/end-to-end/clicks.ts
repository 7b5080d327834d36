import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { createWorkerCalls, type WorkerCalls } from '../../../infra/local/worker-calls.ts';
import { cpuMeter } from '../../cpu-meter.ts';
import { drain } from '../../start/drain.ts';
import { nameOf } from '../../start/name-of.ts';
import type { ClickPlaces, ClickReply, ClickRequest } from './click-load-worker.ts';

const warmUp = { kind: 'load', perSecond: 1_000, seconds: 4 } as const;

/** How fast clicks are to come, for how long, and what is still a good latency. */
export interface ClickRates {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly resultMsMax: number;
}

/**
 * Puts clicks into the stream, from a thread of its own as another machine would, and measures how
 * long after its put a click is in the preliminary result, by looking at the result.
 */
export class ClickBench {
  readonly #cloud: LocalCloud;
  readonly #load: WorkerCalls<ClickRequest, ClickReply>;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
    const places: ClickPlaces = {
      awsUrl: cloud.awsUrl,
      stream: nameOf(cloud, 'AWS::Kinesis::Stream', 'clickstream'),
      resultsTable: nameOf(cloud, 'AWS::DynamoDB::Table', 'results'),
    };
    this.#load = createWorkerCalls(new URL('./click-load-worker.ts', import.meta.url), places);
  }

  async warmUp(): Promise<void> {
    await this.#load.call(warmUp);
  }

  /** @returns a line to print; `bent` where the system no longer follows. */
  async measure(perSecond: number, { seconds, resultMsMax }: ClickRates) {
    const used = cpuMeter();
    const done = await this.#load.call({ kind: 'load', perSecond, seconds });
    const { clicks, putToResultMs, settledMs, missing } = done;
    const isFast = putToResultMs !== null && putToResultMs.p99 <= resultMsMax;
    return {
      targetPerSecond: perSecond,
      reachedPerSecond: Math.round(done.perSecond),
      clicks,
      putToResultMs,
      settledMs,
      ...used(),
      bent: done.perSecond < 0.95 * perSecond || missing > 0 || !isFast,
    };
  }

  /** Holds every result against what was put, once all of it has been taken. */
  async balance() {
    const drained = await drain(this.#cloud);
    const { clicks, lost, doubled } = await this.#load.call({ kind: 'balance' });
    if (lost + doubled > 0) process.exitCode = 1;
    return { clicks, drained, lost, doubled };
  }

  close(): Promise<void> {
    return this.#load.close();
  }
}

/** Clicks at rising rates, until they are not told in time. */
export async function benchClicks(cloud: LocalCloud, load: ClickRates): Promise<void> {
  const bench = new ClickBench(cloud);
  const print = (line: object): void =>
    console.log(JSON.stringify({ bench: 'end-to-end', part: 'clicks', ...line }));
  try {
    await bench.warmUp();
    for (const perSecond of load.rates) {
      const line = await bench.measure(perSecond, load);
      print(line);
      if (line.bent) break;
    }
    print(await bench.balance());
  } finally {
    await bench.close();
  }
}
