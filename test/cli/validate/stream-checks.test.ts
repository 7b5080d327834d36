import { setTimeout as sleep } from 'node:timers/promises';
import { ListShardsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runChecks } from '../../../cli/validate/run-checks.ts';
import { streamChecks } from '../../../cli/validate/stream-checks.ts';
import { KinesisShardReader } from '../../../shared/kinesis/shard-reader.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { changeText, orderText, tickText } from '../../fixtures/shop-changes.ts';

const click = {
  schemaVersion: 1,
  eventId: 'e-1',
  type: 'view',
  occurredAtMs: Date.UTC(2026, 2, 1),
  session: '5f0c',
  user: null,
  productId: 41,
  category: null,
  consent: 'statistics',
};
const insight = {
  id: 'revenue|1|0',
  type: 'revenue',
  schemaVersion: 1,
  revision: 1,
  job: 'revenue',
  generation: 1,
  window: { startMs: 0, endMs: 60_000 },
  data: {
    ...{ orders: 1, items: 2, grossCents: 500, refundedCents: 0 },
    ...{ netCents: 500, averageOrderCents: 500 },
  },
};
const noonMs = Date.UTC(2026, 2, 1, 12);

let cloud: PlayedCloud;
beforeEach(async () => {
  cloud = await playCloud();
});
afterEach(async () => await cloud.close());

async function put(stream: string, ...texts: readonly unknown[]): Promise<void> {
  const Records = texts.map((text) => ({
    PartitionKey: '1',
    Data: Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)),
  }));
  await cloud.kinesis.send(new PutRecordsCommand({ StreamName: `dev-${stream}`, Records }));
}

/** As time stands so long after the last tick that {@link sound} puts. */
async function findings(sinceTickMs = 1_000, recordsMax = 10_000) {
  const names = ['shop-changes', 'clickstream', 'insights'] as const;
  const physical = Object.fromEntries(names.map((name) => [name, `dev-${name}`]));
  const now = () => Date.now() + sinceTickMs;
  const reader = new KinesisShardReader(cloud.kinesis, physical, now);
  const window = { fromMs: Date.now() - 60_000, now, recordsMax };
  return await runChecks(streamChecks(reader, window));
}

async function putSound(): Promise<void> {
  const nowMs = Date.now();
  await put('shop-changes', orderText(1, noonMs), tickText(nowMs), orderText(2, noonMs));
  await put('clickstream', click, { type: 'tick', at: nowMs });
  for (const hashKey of await hashKeys()) await tickShard(hashKey, nowMs);
  await put('insights', insight, insight);
}

/** One of each shard. */
async function hashKeys() {
  const { Shards = [] } = await cloud.kinesis.send(
    new ListShardsCommand({ StreamName: 'dev-clickstream' }),
  );
  return Shards.map(({ HashKeyRange }) => HashKeyRange?.StartingHashKey);
}

async function tickShard(ExplicitHashKey: string | undefined, nowMs: number): Promise<void> {
  const Data = Buffer.from(JSON.stringify({ type: 'tick', at: nowMs }));
  const Records = [{ PartitionKey: 'tick', ExplicitHashKey, Data }];
  await cloud.kinesis.send(new PutRecordsCommand({ StreamName: 'dev-clickstream', Records }));
}

const statuses = async (sinceTickMs?: number) =>
  Object.fromEntries((await findings(sinceTickMs)).map(({ check, status }) => [check, status]));

test('streamChecks() finds sound streams sound, copies too', async () => {
  await putSound();
  const found = await findings();
  expect(found.filter(({ status }) => status !== 'ok')).toEqual([]);
  const copies = found.find(({ check }) => check === 'insights: a repeated record says the same');
  expect(copies?.detail).toBe('1 copy');
});

test('streamChecks() says where nothing came', async () => {
  expect(await statuses()).toMatchObject({
    'shop-changes: every record is as its schema says': 'not checked',
    'insights: a repeated record says the same': 'not checked',
    'shop-changes: time goes on': 'fault',
  });
});

test('streamChecks() finds a stream without ticks', async () => {
  await putSound();
  const stale = (await findings(61_000)).filter(({ status }) => status === 'fault');
  expect(stale.map(({ check }) => check)).toEqual([
    'shop-changes: time goes on',
    'clickstream: time goes on',
  ]);
  expect(stale[1]?.examples).toHaveLength(2);
});

const unsound: readonly [what: string, stream: string, record: unknown, reason: RegExp][] = [
  ['no JSON', 'shop-changes', '{"data":', /not JSON/],
  ['a fact that no job can read', 'shop-changes', orderText(3, noonMs, { total: null }), /total/],
  [
    'a column that must stay inside',
    'shop-changes',
    changeText('customers', { id: 1, email: 'ana@lima.example' }),
    /customers 1: email must not leave/,
  ],
  ['a click without a type', 'clickstream', { ...click, type: undefined }, /click: type/],
  ['an insight without an id', 'insights', { ...insight, id: undefined }, /id: /],
  ['an insight of other data', 'insights', { ...insight, id: 'b', data: {} }, /revenue b: orders/],
];

test.each(unsound)('streamChecks() finds %s', async (_, stream, record, reason) => {
  await putSound();
  await put(stream, record);
  const [found, ...others] = (await findings()).filter(({ status }) => status === 'fault');
  expect(others).toEqual([]);
  expect(found?.check).toBe(`${stream}: every record is as its schema says`);
  expect(found?.detail).toMatch(/^1 record of /);
  expect(found?.examples?.[0]).toMatch(reason);
});

test('streamChecks() finds a record that comes again and says something else', async () => {
  await putSound();
  await put('shop-changes', orderText(1, noonMs, { total: '20.00' }));
  const [found] = (await findings()).filter(({ status }) => status === 'fault');
  expect(found?.check).toBe('shop-changes: a repeated record says the same');
  expect(found?.examples?.[0]).toContain('orders|1|1 says something else');
});

test('streamChecks() finds a change that comes behind a later one, and lets copies be', async () => {
  await putSound();
  const change = (version: number) =>
    orderText(9, noonMs, { row_version: version }, { operation: 'update' });
  await put('shop-changes', change(2), change(3), change(2), change(5), change(4));
  const [found, ...others] = (await findings()).filter(({ status }) => status === 'fault');
  expect(others).toEqual([]);
  expect(found?.detail).toBe('1 change');
  expect(found?.examples?.[0]).toContain('orders 9 version 4 after 5');
});

test('streamChecks() reads the newest of a stream that brought more than it reads', async () => {
  for (let from = 10; from < 2_500; from += 500) {
    const ids = Array.from({ length: 500 }, (_, index) => from + index);
    await put('shop-changes', ...ids.map((id) => orderText(id, noonMs)));
  }
  await sleep(9_000);
  await putSound();
  const found = await findings(1_000, 1_000);
  const sound = found.filter(({ check }) => check.startsWith('shop-changes'));
  expect(sound.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(sound[0]?.detail).toMatch(/^3 records since /);
});
