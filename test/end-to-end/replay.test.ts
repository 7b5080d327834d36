import { execFile } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { putOrders } from '../../cli/bench/end-to-end/put-orders.ts';
import { eventually, ShopProcess } from './shop-process.ts';

let shop: ShopProcess;
afterEach(() => shop.remove());

const root = path.resolve(import.meta.dirname, '../..');
const reports = z.array(
  z.looseObject({
    generation: z.number(),
    role: z.string(),
    status: z.string(),
    shardsBehind: z.number(),
    counts: z.looseObject({ counted: z.number(), late: z.number() }),
  }),
);
const replayed = z.looseObject({
  generation: z.number(),
  comparison: z
    .looseObject({
      equal: z.number(),
      different: z.array(z.unknown()),
      missing: z.array(z.unknown()),
      extra: z.array(z.unknown()),
      learnt: z.number(),
    })
    .optional(),
});

/** Runs a command on the shop; what it prints as JSON. */
function command(name: 'jobs' | 'replay', ...args: readonly string[]): Promise<unknown> {
  const file = path.join(root, 'cli', `${name}.ts`);
  const all = [file, ...args, '--data', shop.directory, '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, { cwd: root, timeout: 120_000 }, (_, out, error) => {
      if (out.trim() === '') reject(new Error(error));
      else resolve(JSON.parse(out));
    });
  });
}

/** An order that is told years later than it was placed. */
async function putOldOrder(database: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  await client.query(
    `insert into orders
       (customer_id, ordered_at, total, status, channel, shipping_country, is_backfill, idempotency_key, request_hash)
     values (1, '2010-12-01T08:26:00Z', 15.30, 'completed', 'web', 'GB', true, 'old', 'old')`,
  );
  await client.end();
}

async function revenue() {
  return reports.parse(await command('jobs', 'list', 'revenue'));
}

const exact = { drained: true, lost: 0, doubled: 0 };
const agreeing = { different: [], missing: [], extra: [] };

describe('npm run jobs and npm run replay, held against PostgreSQL', { timeout: 420_000 }, () => {
  it('stopped, started, replayed from stream and lake and swapped while orders are placed, it is exact', async () => {
    shop = await ShopProcess.create(5130);
    const { databaseUrl } = await shop.start('--no-traffic', '--for', '10m', '--json');
    const database = { connectionString: databaseUrl };
    await putOldOrder(database);
    const placing = putOrders(database, { perSecond: 15, seconds: 60, alertShare: 0.2 });

    await eventually('orders are counted', async () => (await revenue())[0]?.counts.counted !== 0);
    await command('jobs', 'stop', 'revenue', '--reason', 'a test');
    await eventually('it is behind', async () => (await revenue())[0]?.shardsBehind === 1);
    await command('jobs', 'start', 'revenue');
    await eventually('it has caught up', async () => (await revenue())[0]?.shardsBehind === 0);

    const run = ['--job', 'revenue', '--from', 'trim-horizon', '--generation', '3', '--wait'];
    const { comparison } = replayed.parse(await command('replay', ...run));
    expect(comparison).toMatchObject(agreeing);
    await command('replay', '--job', 'revenue', '--swap');

    const fromLake = ['--job', 'revenue', '--from', 'lake', '--wait', '--swap', '--overlap', '10s'];
    const joined = replayed.parse(await command('replay', ...fromLake));
    expect(joined.comparison).toMatchObject({ ...agreeing, learnt: 1 });
    await placing;

    expect(await revenue()).toMatchObject([
      { generation: 4, role: 'live', status: 'running' },
      { generation: 2, role: 'beside', status: 'running' },
      { generation: 3, role: 'beside', status: 'running' },
    ]);
    const counted = async () => (await revenue()).map(({ counts }) => counts.counted);
    await expect.poll(counted, { timeout: 60_000, interval: 500 }).toEqual([1_801, 1_800, 1_800]);
    expect((await revenue()).map(({ counts }) => counts.late)).toEqual([0, 0, 0]);
    const summary = await shop.finish();
    expect(summary).toMatchObject({ ...exact, orders: 901 });
    expect(summary.events['revenue']).toMatchObject({ counted: 1_801, late: 0 });
  });

  it('from the lake: a closed history agrees with the live windows, and disturbs nothing', async () => {
    shop = await ShopProcess.create(5140);
    const short = ['REVENUE_WINDOW_MS=10000', 'ORDER_ALLOWED_LATENESS_MS=5000'];
    const sets = short.flatMap((setting) => ['--set', setting]);
    await shop.start('--for', '10m', '--rate', '40', '--json', ...sets);
    const lake = ['--job', 'revenue', '--from', 'lake'];
    await eventually(
      'a window is final and in the lake',
      async () => {
        const answer = replayed.parse(await command('replay', ...lake));
        if (answer.comparison) expect(answer.comparison).toMatchObject(agreeing);
        return (answer.comparison?.equal ?? 0) > 0;
      },
      140_000,
    );
    const [live, ...others] = await revenue();
    expect(live).toMatchObject({ generation: 2, role: 'live' });
    expect(new Set(others.map(({ role }) => role))).toEqual(new Set(['history']));
    const summary = await shop.finish();
    expect(summary).toMatchObject(exact);
    expect(summary.events['revenue']).toMatchObject({ late: 0 });
  });
});
