import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { z } from 'zod';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { settings } from '../../../shared/config/settings.ts';
import { mostViewedDataSchema } from '../../../shared/events/most-viewed.ts';
import { resultPartition } from '../../../shared/stream/layout.ts';
import { sliding } from '../../../shared/stream/window.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { nameOf } from '../../start/name-of.ts';
import { clientOptions, cpuMeter } from './bench-cloud.ts';
import { type PutBatch, putClicks } from './put-clicks.ts';
import { ResultWatch } from './watch-results.ts';

const { mostViewedWindowMs, mostViewedSlideMs } = settings();
const job = { name: 'most-viewed', generation: 1 };
/** A tick tells what a burst's last preliminary result has left untold. */
const patienceMs = 15_000;
const warmUp = { perSecond: 1_000, seconds: 4 };

const resultItem = z.object({
  startMs: z.number(),
  endMs: z.number(),
  data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(mostViewedDataSchema),
});

/** How fast clicks are to come, for how long, and what is still a good latency. */
export interface ClickRates {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly resultMsMax: number;
}

/**
 * Puts clicks into the stream at rising rates and measures how long after its put a click is in the
 * preliminary result, by looking at the result. One line per rate; then every result is held
 * against what was put.
 */
export class ClickBench {
  readonly #cloud: LocalCloud;
  readonly #stream: string;
  readonly #results: string;
  readonly #kinesis: KinesisClient;
  readonly #dynamo: DynamoDBClient;
  readonly #watch: ResultWatch;
  readonly #put: PutBatch[] = [];
  readonly #ended = new AbortController();
  readonly #watching: Promise<void>;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
    this.#stream = nameOf(cloud, 'AWS::Kinesis::Stream', 'clickstream');
    this.#results = nameOf(cloud, 'AWS::DynamoDB::Table', 'results');
    this.#kinesis = new KinesisClient({
      ...clientOptions(cloud.awsUrl),
      requestHandler: new NodeHttpHandler(),
    });
    this.#dynamo = new DynamoDBClient(clientOptions(cloud.awsUrl));
    const window = sliding(mostViewedWindowMs, mostViewedSlideMs);
    this.#watch = new ResultWatch(this.#dynamo, this.#results, window);
    this.#watching = this.#watch.run(this.#ended.signal);
  }

  get kinesis(): KinesisClient {
    return this.#kinesis;
  }

  get stream(): string {
    return this.#stream;
  }

  async warmUp(): Promise<void> {
    await this.#load(warmUp.perSecond, warmUp.seconds);
    await this.#settle();
    this.#watch.takeLatencies();
  }

  /** @returns a line to print; `bent` where the system no longer follows. */
  async measure(perSecond: number, seconds: number, resultMsMax: number) {
    this.#cloud.metrics.clear();
    const used = cpuMeter();
    const put = await this.#load(perSecond, seconds);
    const { cpuCores, rssMb } = used();
    const startedMs = performance.now();
    await this.#settle();
    const putToResultMs = percentiles(this.#watch.takeLatencies());
    const { missing } = this.#watch;
    const isFast = putToResultMs !== null && putToResultMs.p99 <= resultMsMax;
    return {
      targetPerSecond: perSecond,
      reachedPerSecond: Math.round(put.perSecond),
      clicks: put.clicks,
      putToResultMs,
      settledMs: Math.round(performance.now() - startedMs),
      cpuCores,
      rssMb,
      bent: put.perSecond < 0.95 * perSecond || missing > 0 || !isFast,
    };
  }

  /** Holds every result against the clicks that were put with a time in its window. */
  async balance() {
    let lost = 0;
    let doubled = 0;
    const request = {
      TableName: this.#results,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: resultPartition(job).pk } },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client: this.#dynamo }, request)) {
      for (const { startMs, endMs, data } of Items.map((item) => toResult(item))) {
        const inside = this.#put.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
        const difference = data.views - inside.reduce((sum, { count }) => sum + count, 0);
        lost += Math.max(0, -difference);
        doubled += Math.max(0, difference);
      }
    }
    return { clicks: this.#put.reduce((sum, { count }) => sum + count, 0), lost, doubled };
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#watching;
    this.#kinesis.destroy();
    this.#dynamo.destroy();
  }

  #load(perSecond: number, seconds: number) {
    const onPut = (batch: PutBatch): void => {
      this.#put.push(batch);
      this.#watch.expect(batch);
    };
    return putClicks(this.#kinesis, this.#stream, { perSecond, seconds, onPut });
  }

  async #settle(): Promise<void> {
    const deadlineMs = performance.now() + patienceMs;
    while (this.#watch.missing > 0 && performance.now() < deadlineMs) await sleep(20);
  }
}

function toResult(item: Parameters<typeof unmarshall>[0]) {
  return resultItem.parse(unmarshall(item));
}

/** Clicks at rising rates, until they are not told in time. */
export async function benchClicks(cloud: LocalCloud, load: ClickRates): Promise<void> {
  const bench = new ClickBench(cloud);
  try {
    await bench.warmUp();
    for (const perSecond of load.rates) {
      const line = await bench.measure(perSecond, load.seconds, load.resultMsMax);
      console.log(JSON.stringify({ bench: 'end-to-end', part: 'clicks', ...line }));
      if (line.bent) break;
    }
    const balance = await bench.balance();
    console.log(JSON.stringify({ bench: 'end-to-end', part: 'clicks', ...balance }));
    if (balance.lost + balance.doubled > 0) process.exitCode = 1;
  } finally {
    await bench.close();
  }
}
