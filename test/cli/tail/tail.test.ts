import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PutRecordCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clickRecord } from '../../../shared/events/click.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

let cloud: PlayedCloud;
beforeAll(async () => {
  cloud = await playCloud();
});
afterAll(() => cloud.close());

const parent = 'shardId-000000000000';
const file = path.join(import.meta.dirname, '../../../cli/tail.ts');

/** The command, under way. */
function tail(...args: readonly string[]) {
  const { AWS_ENDPOINT_URL } = cloud.environment;
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, AWS_ENDPOINT_URL },
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (error += String(text)));
  const closed = once(child, 'close');
  return {
    child,
    lines: () => out.split('\n').filter((line) => line !== ''),
    following: () => until(() => error.includes('Following')),
    async end() {
      await closed;
      return { code: child.exitCode, signal: child.signalCode, out, error };
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += 50) {
    if (waitedMs > 20_000) throw new Error('It did not come');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function put(stream: string, body: unknown, partitionKey = 'a'): Promise<void> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  await cloud.kinesis.send(
    new PutRecordCommand({
      StreamName: `dev-${stream}`,
      PartitionKey: partitionKey,
      Data: Buffer.from(text),
    }),
  );
}

function change(table: string, id: number, row: object, operation = 'insert') {
  return {
    data: { id, row_version: 1, ...row },
    metadata: {
      'record-type': 'data',
      operation,
      'table-name': table,
      'commit-timestamp': '2026-01-02T03:04:05.678900Z',
    },
  };
}

const click = clickRecord.parse({
  schemaVersion: 1,
  eventId: 'e1',
  type: 'view',
  occurredAtMs: Date.UTC(2026, 0, 2),
  session: 'a'.repeat(64),
  user: null,
  productId: 7,
  category: null,
  consent: 'statistics',
});

describe('npm run tail', () => {
  beforeEach(async () => {
    // What another test left in the streams is older than this.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('shows one table in columns, money with its cents, and what cannot be read', async () => {
    const from = new Date().toISOString();
    await put('shop-changes', change('orders', 1, { customer_id: 4, total: 12.5, status: 'paid' }));
    await put('shop-changes', change('products', 9, { name: 'Lamp' }));
    await put('shop-changes', 'no JSON\u0007');
    await put('shop-changes', change('orders', 12, { row_version: null }, 'delete'));
    const { code, out } = await tail(
      ...['shop-changes', '--table', 'orders', '--from', from, '--limit', '3'],
    ).end();
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^arrived +change +key +customer_id +total +status +channel/);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} +insert +1 +4 +12\.50 +paid +- /);
    expect(lines[2]).toMatch(/ {2}cannot be read: not JSON: .*: no JSON $/);
    expect(lines[3]).toMatch(/ +delete +12$/);
    expect(code).toBe(0);
  });

  test('shows all tables, each value behind its name, without the clock', async () => {
    const from = new Date().toISOString();
    await put('shop-changes', change('clock', 1, { slice: 1, ticked_at: from }, 'update'));
    await put('shop-changes', { metadata: { 'record-type': 'control' }, data: {} });
    await put('shop-changes', change('products', 9, { name: 'La\nmp', price: 3 }));
    const { out } = await tail('shop-changes', '--from', from, '--limit', '1').end();
    expect(out).toMatch(
      / {2}products +change=insert {2}key=9 {2}sku=- {2}price=3\.00 .*name=La mp\n$/,
    );
  });

  test('gives JSON lines, undecodable records with their bytes', async () => {
    const from = new Date().toISOString();
    await put('clickstream', click);
    await put('clickstream', { type: 'tick', at: 1 });
    await put('clickstream', { type: 'view' });
    const { out } = await tail(...['clickstream', '--json', '--from', from, '--limit', '2']).end();
    const [first, second] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ ...click, shard: expect.stringContaining('shardId-') });
    expect(second).toMatchObject({ undecodable: expect.any(String) });
    expect(Buffer.from(second.data, 'base64').toString()).toBe('{"type":"view"}');
  });

  test('shows insights of a type by what they say', async () => {
    const from = new Date().toISOString();
    const insight = { schemaVersion: 1, revision: 2, job: 'revenue', generation: 1 };
    const startMs = Date.UTC(2026, 0, 2);
    const window = { startMs, endMs: startMs + 60_000 };
    await put('insights', {
      ...{ ...insight, id: 'x', type: 'revenue', window },
      data: {
        ...{ orders: 3, items: 4, grossCents: 1_050, refundedCents: 0 },
        ...{ netCents: 1_050, averageOrderCents: 350 },
      },
    });
    await put('insights', { ...insight, id: 'y', type: 'other', data: { a: 1 } });
    const alert = {
      rule: 'sales-spike',
      ruleVersion: 1,
      severity: 'warning',
      reason: 'r',
      atMs: 0,
    };
    const data = { ...alert, title: 'Sales are up 80 %' };
    await put('insights', { ...insight, id: 'z', type: 'alert', data });
    const args = ['insights', '--from', from] as const;
    expect((await tail(...args, '--type', 'revenue', '--limit', '1').end()).out).toMatch(
      /\n\S+ +revenue +2 +2026-01-02T00:00:00\.000Z \+1m +3 +4 +10\.50 +0\.00 +10\.50\n$/,
    );
    expect((await tail(...args, '--type', 'alert', '--limit', '1').end()).out).toMatch(
      /alert +2 +warning +shop\|shop +Sales are up 80 %\n$/,
    );
    expect((await tail(...args, '--limit', '3').end()).out).toContain('{"a":1}');
  });

  test('follows from now on, over a split, every record of a key in its order; Ctrl-C ends it', async () => {
    await put('insights', { early: true });
    const running = tail('insights', '--json');
    await running.following();
    const keys = ['a', 'b', 'c', 'd'];
    const send = async (from: number) => {
      for (let number = from; number < from + 10; number += 1) {
        for (const key of keys) await put('insights', { key, number }, key);
      }
    };
    await send(0);
    await cloud.kinesis.send(
      new SplitShardCommand({
        StreamName: 'dev-insights',
        ShardToSplit: parent,
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    await send(10);
    await until(() => running.lines().length >= 80);
    running.child.kill('SIGINT');
    const { code, signal, out } = await running.end();
    expect([code, signal]).toEqual([0, null]);
    const seen = out
      .trim()
      .split('\n')
      .map((line) => {
        const { shard: from, data } = JSON.parse(line);
        return { from, ...JSON.parse(Buffer.from(data, 'base64').toString()) };
      });
    expect(seen).toHaveLength(80);
    expect(new Set(seen.map(({ from }) => from)).size).toBe(3);
    for (const key of keys) {
      const numbers = seen.filter((each) => each.key === key).map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: 20 }, (_, number) => number));
    }
    // From the oldest record on, the parent comes before its children.
    const again = await tail('insights', '--json', '--from', 'trim-horizon', '--limit', '84').end();
    const shards = again.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).shard);
    const children = shards.slice(shards.lastIndexOf(parent) + 1);
    expect(children).toHaveLength(40);
  });

  test('ends cleanly when its reader has seen enough', async () => {
    const running = tail('clickstream', '--from', 'trim-horizon');
    running.child.stdout.destroy();
    await put('clickstream', click);
    const { code, error } = await running.end();
    expect(code).toBe(0);
    expect(error).not.toContain('EPIPE');
  });

  test('says what it does not take', async () => {
    const errorOf = async (...args: string[]) => (await tail(...args).end()).error;
    expect(await errorOf('shop')).toContain(
      'Cannot tail: one stream of shop-changes, clickstream, insights is expected: received shop',
    );
    expect(await errorOf('insights', '--table', 'orders')).toMatch(
      /insights takes --type with one of revenue, .*fraud-case: received --table orders/,
    );
    expect(await errorOf('insights', '--type', 'hats')).toMatch(
      /insights takes --type with one of revenue, .*fraud-case: received --type hats/,
    );
    expect(await errorOf('shop-changes', '--table', 'order')).toMatch(
      /--table with one of .*\borders\b.*: received --table order\n/,
    );
    expect(await errorOf('clickstream', '--type', 'look')).toMatch(
      /--type with one of view, .*tick: received --type look/,
    );
    expect(await errorOf('clickstream', '--table', 'orders')).toContain('clickstream takes --type');
    expect(await errorOf('insights', '--limit', '0')).toContain('--limit must be');
    expect(await errorOf('insights', '--from', '2999-01-01')).toContain('an instant of the past');
    expect(await errorOf('insights', '--stage', 'none')).toContain('received "none-insights"');
  });
});
