import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareViews } from '../../../cli/start/compare-views.ts';
import { createKinesis, type KinesisService } from '../../../infra/local/kinesis/kinesis.ts';
import { type AwsEndpoint, serveAws } from '../../fixtures/aws-endpoint.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { streamResource } from '../../fixtures/kinesis-streams.ts';

const stream = 'dev-clickstream';
const nowMs = Date.now();
const startMs = nowMs - 1_000;
let directory: string;
let kinesis: KinesisService;
let aws: AwsEndpoint;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compare-views-'));
  kinesis = await createKinesis({
    directory,
    streams: [streamResource(stream, { ShardCount: 2 })],
    consumers: [],
    now: () => nowMs,
  });
  aws = await serveAws([kinesis]);
  const client = new KinesisClient(aws.client);
  const texts = [
    viewText('a', startMs, { productId: 1 }),
    viewText('a', startMs, { productId: 1 }),
    viewText('b', startMs + 99, { productId: 1 }),
    viewText('c', startMs + 99, { productId: 2 }),
    viewText('next', startMs + 100, { productId: 1 }),
    viewText('cart', startMs, { type: 'cart' }),
    viewText('told later', startMs + 500, { productId: 3, isBackfill: true }),
    clickTickText(nowMs),
    'poison',
  ];
  const Records = texts.map((text, index) => ({
    PartitionKey: `key-${index}`,
    Data: Buffer.from(text),
  }));
  await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
  client.destroy();
});

afterAll(async () => {
  await aws.close();
  await kinesis.close();
  await rm(directory, { recursive: true });
});

const result = (views: number, products: readonly (readonly [number, number])[], fromMs = 0) => ({
  startMs: startMs + fromMs,
  endMs: startMs + fromMs + 100,
  data: {
    views,
    distinctProducts: products.length,
    products: products.map(([productId, views]) => ({ productId, views })),
  },
});
type Result = ReturnType<typeof result>;
const compare = (results: readonly Result[], late = 0) =>
  compareViews(kinesis, stream, results, late, { nowMs, maxFutureMs: 300_000 });

it('compareViews() finds each view of the stream once, whatever its shard', () => {
  expect(compare([result(3, [[1, 2]])])).toEqual({ lost: 0, doubled: 0 });
});

it('compareViews() leaves out windows that hold history told later: a job may have learnt it', () => {
  expect(compare([result(1, [[3, 1]], 450)])).toEqual({ lost: 0, doubled: 0 });
  expect(compare([result(0, [], 450), result(3, [[1, 2]])])).toEqual({ lost: 0, doubled: 0 });
});

it('compareViews() tells what is missing and what is too much, also of products not listed', () => {
  expect(compare([result(4, [[1, 3]])])).toEqual({ lost: 0, doubled: 1 });
  expect(compare([result(2, [[1, 1]])])).toEqual({ lost: 1, doubled: 0 });
  expect(compare([result(3, [[1, 3]])])).toEqual({ lost: 1, doubled: 1 });
  expect(compare([result(2, [[1, 2]])])).toEqual({ lost: 1, doubled: 0 });
});

it('compareViews() takes late views for told', () => {
  expect(compare([result(2, [[1, 1]])], 1)).toEqual({ lost: 0, doubled: 0 });
});

it('compareViews() looks at no view twice where windows overlap, and at none from before', () => {
  const none = result(0, []);
  const newest = result(1, [[1, 1]], 100);
  expect(compare([result(9, [], 50), newest])).toEqual({ lost: 0, doubled: 0 });
  expect(compare([none, newest])).toEqual({ lost: 3, doubled: 0 });
  expect(compare([result(5, [], -24 * 3_600_000)])).toEqual({ lost: 0, doubled: 0 });
});
