import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { statisticsJobs } from '../../../functions/statistics/jobs.ts';
import { settings } from '../../../shared/config/settings.ts';
import { liveSections } from '../../../shared/events/live.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { lambdaContext } from '../../fixtures/http-event.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import {
  adjustmentText,
  kinesisEvent,
  orderItemText,
  orderText,
  streamRecord,
  tickText,
} from '../../fixtures/shop-changes.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';

type Invoke = (event: unknown) => Promise<KinesisStreamBatchResponse | undefined>;

const minuteMs = 60_000;
const faults = new Faults();
let cloud: PlayedCloud;
let statistics: Invoke;
let fraudDetection: Invoke;
let windowMs: number;
let sequence = 0;

beforeAll(async () => {
  cloud = await playCloud(faults.disturb);
  windowMs = Math.floor(Date.now() / minuteMs) * minuteMs - 2 * minuteMs;
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.stubEnv('CHANGE_TICK_SETTLE_MS', '0');
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  vi.resetModules();
  const revenue = await import('../../../functions/statistics/handler.ts');
  statistics = (event) => revenue.handler(event, lambdaContext('statistics'));
  const fraud = await import('../../../functions/fraud-detection/handler.ts');
  fraudDetection = (event) => fraud.handler(event, lambdaContext('fraud-detection'));
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await cloud.close();
});
afterEach(() => {
  faults.before.clear();
});

function batch(...texts: readonly string[]) {
  const records = texts.map((text) => {
    sequence += 1;
    return streamRecord(text, String(1_000 + sequence), Date.now());
  });
  return kinesisEvent('dev-shop-changes', records);
}

async function live(section: string) {
  const item = await cloud.store.get({ table: 'results', pk: 'LIVE', sk: section });
  return JSON.parse(String(item?.attributes['data'] ?? 'null'));
}

const published = (type: string, job = type) =>
  cloud
    .records('dev-insights')
    .map(({ body }) => body)
    .filter((body) => body.type === type && body.job === job);

describe('statistics', () => {
  it('makes revenue of a batch and shows it with the last orders', async () => {
    const event = batch(
      orderText(1, windowMs, { total: '10.00' }),
      orderItemText(1, windowMs),
      orderText(2, windowMs + 1, { total: '30.00', channel: null }),
      adjustmentText(1, windowMs + minuteMs, { amount: '10.00' }),
      '{"poison":',
    );
    expect(await statistics(event)).toEqual({ batchItemFailures: [] });

    const revenue = liveSections.revenue.parse(await live('revenue'));
    expect(revenue).toMatchObject({
      windowMs: minuteMs,
      windows: [
        { startMs: windowMs + minuteMs, orders: 0, refundedCents: 1_000, netCents: -1_000 },
        { startMs: windowMs, orders: 2, items: 2, grossCents: 4_000, final: false, revision: 1 },
      ],
    });
    const { orders } = liveSections.orders.parse(await live('orders'));
    expect(orders.map(({ id, totalCents }) => [id, totalCents])).toEqual([
      ['2', 3_000],
      ['1', 1_000],
    ]);
    expect(published('revenue')).toHaveLength(2);
    // One for each job that reads the stream, however many there are.
    const letters = await cloud.drain('dev-dead-letters');
    const fault = { stream: 'shop-changes', reason: expect.stringContaining('not JSON') };
    expect(letters).toContainEqual(expect.objectContaining({ ...fault, consumer: 'revenue' }));
    const readers = statisticsJobs(settings()).filter(({ streams }) =>
      streams.includes('shop-changes'),
    );
    expect(letters).toHaveLength(readers.length);

    expect(await statistics(event)).toEqual({ batchItemFailures: [] });
    expect(await live('orders')).toEqual({ orders });
    expect(published('revenue')).toHaveLength(2);
  });

  it('shows the twenty newest orders, none twice and none from the future', async () => {
    const texts = Array.from({ length: 30 }, (_, index) =>
      orderText(100 + index, windowMs + index),
    );
    await statistics(batch(orderText(999, Date.UTC(2999, 0)), ...texts.toReversed()));
    const { orders } = liveSections.orders.parse(await live('orders'));
    expect(orders.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: 20 }, (_, index) => 129 - index),
    );
  });

  it('asks for the batch again when it cannot take it, and takes it then', async () => {
    const event = batch(orderText(500, windowMs, { total: '7.00' }));
    faults.before.add('TransactWriteItems');
    expect(await statistics(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: event.Records[0]?.kinesis.sequenceNumber }],
    });
    faults.before.clear();
    expect(await statistics(event)).toEqual({ batchItemFailures: [] });
  });

  it('takes no batch of a stream that none of its jobs reads', async () => {
    const event = kinesisEvent('dev-insights', [streamRecord('{}', '77')]);
    expect(await statistics(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: '77' }],
    });
  });

  it('sweeps when its schedule says so, and refuses anything else', async () => {
    expect(await statistics({ task: 'sweep' })).toBeUndefined();
    await expect(statistics({})).rejects.toThrow('Cannot take event');
    faults.before.add('Query');
    await expect(statistics({ task: 'sweep' })).rejects.toThrow('Cannot sweep every job');
  });

  it('shows sixty windows, the newest first', async () => {
    const nextMs = (Math.floor(Date.now() / minuteMs) + 1) * minuteMs;
    const texts = Array.from({ length: 70 }, (_, index) =>
      orderText(1_000 + index, nextMs - index * minuteMs),
    );
    await statistics(batch(...texts));
    const { windows } = liveSections.revenue.parse(await live('revenue'));
    // The newest place is empty when a minute passes meanwhile.
    expect(windows.length).toBeGreaterThanOrEqual(59);
    expect(windows.map(({ startMs }) => startMs)).toEqual(
      Array.from({ length: Math.min(60, windows.length) }, (_, index) => nextMs - index * minuteMs),
    );
  });

  it('finishes windows by ticks', async () => {
    await statistics(batch(tickText(windowMs + 5 * minuteMs)));
    const { windows } = liveSections.revenue.parse(await live('revenue'));
    expect(windows.find(({ startMs }) => startMs === windowMs)?.final).toBe(true);
    const health = liveSections.health.parse(await live('health#revenue'));
    expect(health.counts).toMatchObject({ future: 1, quarantined: 1 });
  });
});

describe('statistics of clicks', () => {
  it('tells at once which products are viewed most, and shows them', async () => {
    const nowMs = Date.now();
    const texts = Array.from({ length: 30 }, (_, index) =>
      viewText(`view-${index}`, nowMs, { productId: 1 + (index % 12) }),
    );
    const records = texts.map((text, index) => streamRecord(text, String(9_000 + index), nowMs));
    const event = kinesisEvent('dev-clickstream', records);
    expect(await statistics(event)).toEqual({ batchItemFailures: [] });
    const shown = liveSections['most-viewed'].parse(await live('most-viewed'));
    expect(shown).toMatchObject({ views: 30, distinctProducts: 12, closed: false });
    expect(shown.products.map(({ productId, views }) => [productId, views])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index + 1, index < 6 ? 3 : 2]),
    );
    expect(await statistics(event)).toEqual({ batchItemFailures: [] });
    expect(published('most-viewed')).toMatchObject([{ revision: 1, data: { views: 30 } }]);
  });

  it('knows its time from ticks in every shard of the clicks alone', async () => {
    const atMs = Date.now() + 30_000;
    for (const [index, shard] of ['shardId-000000000000', 'shardId-000000000001'].entries()) {
      const tick = streamRecord(clickTickText(atMs), '9100', Date.now());
      await statistics(kinesisEvent('dev-clickstream', [tick], shard));
      const item = await cloud.store.get({ table: 'state', pk: 'J#most-viewed#1', sk: 'JOB' });
      const floorMs = Number(item?.attributes['floorMs']);
      if (index === 0) expect(floorMs).toBeLessThan(0);
      else expect(floorMs).toBe(atMs - 5_000);
    }
  });
});

describe('fraud-detection', () => {
  it('alerts about an order of high value, once', async () => {
    const event = batch(
      orderText(3_000, windowMs, { total: '999.99' }),
      orderText(3_001, windowMs, { total: '5000.00' }),
    );
    expect(await fraudDetection(event)).toEqual({ batchItemFailures: [] });
    expect(await fraudDetection(event)).toEqual({ batchItemFailures: [] });
    expect(await fraudDetection({ task: 'sweep' })).toBeUndefined();
    const ofRule = published('alert', 'fraud').filter(
      ({ data }) => data.rule === 'high-value-order',
    );
    expect(ofRule).toMatchObject([
      { id: 'high-value-order|3001', data: { orderId: '3001', totalCents: 500_000 } },
    ]);
  });
});
