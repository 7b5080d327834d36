import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { answerCalls } from '../../../infra/local/worker-calls.ts';
import { settings } from '../../../shared/config/settings.ts';
import { resultPartition } from '../../../shared/stream/state/layout.ts';
import { sliding } from '../../../shared/stream/window.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { mostViewedRow } from '../../start/compare-views.ts';
import { clientOptions } from './client-options.ts';
import { type PutBatch, putClicks } from './put-clicks.ts';
import { ResultWatch } from './watch-results.ts';

/** Where clicks go and where their results stand. */
export interface ClickPlaces {
  readonly awsUrl: string;
  readonly stream: string;
  readonly resultsTable: string;
}

/** Puts clicks and waits until they are in results, or holds all results against all that was put. */
export type ClickRequest =
  | { readonly kind: 'load'; readonly perSecond: number; readonly seconds: number }
  | { readonly kind: 'balance' };

/** What came of a load; the figures of the other request are lost and doubled. */
export interface ClickReply {
  readonly clicks: number;
  readonly perSecond: number;
  readonly putToResultMs: { readonly p50: number; readonly p99: number } | null;
  readonly settledMs: number;
  /** Requests of clicks that came into no result in time. */
  readonly missing: number;
  readonly lost: number;
  readonly doubled: number;
}

const nothing: ClickReply = {
  clicks: 0,
  perSecond: 0,
  putToResultMs: null,
  settledMs: 0,
  missing: 0,
  lost: 0,
  doubled: 0,
};
/** A tick tells what a burst's last preliminary result has left untold. */
const patienceMs = 15_000;

const places: ClickPlaces = workerData;
const kinesis = new KinesisClient({
  ...clientOptions(places.awsUrl),
  requestHandler: new NodeHttpHandler(),
});
const dynamo = new DynamoDBClient(clientOptions(places.awsUrl));
const { mostViewedWindowMs, mostViewedSlideMs } = settings();
const watch = new ResultWatch(
  dynamo,
  places.resultsTable,
  sliding(mostViewedWindowMs, mostViewedSlideMs),
);
const put: PutBatch[] = [];

answerCalls<ClickRequest, ClickReply>((request) =>
  request.kind === 'load' ? load(request.perSecond, request.seconds) : balance(),
);

async function load(perSecond: number, seconds: number): Promise<ClickReply> {
  const ended = new AbortController();
  const watching = watch.run(ended.signal);
  const onPut = (batch: PutBatch): void => {
    put.push(batch);
    watch.expect(batch);
  };
  try {
    const done = await putClicks(kinesis, places.stream, { perSecond, seconds, onPut });
    const putMs = performance.now();
    while (watch.missing > 0 && performance.now() < putMs + patienceMs) await sleep(20);
    const settledMs = Math.round(performance.now() - putMs);
    const putToResultMs = percentiles(watch.takeLatencies());
    return { ...nothing, ...done, putToResultMs, settledMs, missing: watch.missing };
  } finally {
    ended.abort();
    await watching;
  }
}

async function balance(): Promise<ClickReply> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const found = await compare();
    if (found.lost === 0 || performance.now() > deadlineMs) return found;
    await sleep(200);
  }
}

/** Holds every result against the clicks that were put with a time in its window. */
async function compare(): Promise<ClickReply> {
  let lost = 0;
  let doubled = 0;
  const { pk } = resultPartition({ name: 'most-viewed', generation: 1 });
  const request = {
    TableName: places.resultsTable,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: dynamo }, request)) {
    for (const { startMs, endMs, data } of Items.map((item) =>
      mostViewedRow.parse(unmarshall(item)),
    )) {
      const inside = put.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
      const difference = data.views - inside.reduce((sum, { count }) => sum + count, 0);
      lost += Math.max(0, -difference);
      doubled += Math.max(0, difference);
    }
  }
  return { ...nothing, clicks: put.reduce((sum, { count }) => sum + count, 0), lost, doubled };
}
