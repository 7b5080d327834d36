import { execFile } from 'node:child_process';
import path from 'node:path';
import { FirehoseClient, PutRecordCommand as PutRow } from '@aws-sdk/client-firehose';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { copiedTables } from '../../cli/balance/lake-rows.ts';
import { putOrders } from '../../cli/bench/end-to-end/put-orders.ts';
import type { RowChange } from '../../shared/changes/row-change.ts';
import { lakeRow } from '../../shared/lake/rows.ts';
import { eventually, inDatabase, ShopProcess } from './shop-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const report = z.object({
  findings: z.array(
    z.object({
      area: z.string(),
      check: z.string(),
      status: z.string(),
      detail: z.string(),
      examples: z.array(z.string()).optional(),
    }),
  ),
});
type Report = z.output<typeof report> & { readonly code: number };

let shop: ShopProcess;
let addresses: Awaited<ReturnType<ShopProcess['start']>>;

function validate(): Promise<Report> {
  const args = ['cli/validate.ts', '--data', shop.directory, '--settle', '10s', '--json'];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { cwd: root }, (_, out, error) => {
      if (out.trim() === '') reject(new Error(error));
      else resolve({ code: child.exitCode ?? -1, ...report.parse(JSON.parse(out)) });
    });
  });
}

const faultsOf = ({ findings }: Report) => findings.filter(({ status }) => status !== 'ok');

beforeAll(async () => {
  shop = await ShopProcess.create(5140);
  addresses = await shop.start('--no-traffic');
  await putOrders(
    { connectionString: addresses.databaseUrl },
    { perSecond: 20, seconds: 2, alertShare: 0 },
  );
}, 180_000);
afterAll(() => shop?.remove());

describe('npm run validate, on the running shop', { timeout: 400_000 }, () => {
  it('finds a sound shop sound, windows of revenue among it', async () => {
    let last: Report | undefined;
    await eventually(
      'all is checked and sound',
      async () => {
        last = await validate();
        const revenue = last.findings.find(({ check }) => check.startsWith('revenue'));
        return last.code === 0 && !['0 windows', undefined].includes(revenue?.detail);
      },
      180_000,
    );
    expect(faultsOf(last!).filter(({ status }) => status !== 'not checked')).toEqual([]);
    expect(last?.findings.length).toBeGreaterThan(35);
  });

  it('finds an orphan, a wrong total, a doubled row, a record nobody can read, a stream that stands', async () => {
    await plantInTables();
    await plantInLake();
    await plantInStream();
    await fetch(`${addresses.controlUrl}/capture/stop`, { method: 'POST' });
    let last: Report | undefined;
    await eventually(
      'the stream is stale',
      async () => {
        last = await validate();
        return faultsOf(last).some(({ check }) => check === 'shop-changes: time goes on');
      },
      180_000,
    );
    expect(last?.code).toBe(1);
    const examples = Object.fromEntries(
      faultsOf(last!).map(({ check, detail, examples = [] }) => [
        check,
        [detail, ...examples].join(' '),
      ]),
    );
    expect(examples).toMatchObject({
      'every reference leads to a row': expect.stringContaining('product_id 999999'),
      'an order is worth its lines': expect.stringContaining('order 2: total 50.90, lines 49.90'),
      'orders: a repeated row says the same': expect.stringContaining('1 change in several forms'),
      'shop-changes: every record is as its schema says': expect.stringContaining('not JSON'),
      'shop-changes: time goes on': expect.stringContaining('without a tick'),
      'revenue: windows are those of the shop': expect.stringContaining('cents, the shop has'),
    });
  });
});

async function plantInTables(): Promise<void> {
  await inDatabase(addresses.databaseUrl, async (client) => {
    await client.query('alter table order_items drop constraint order_items_product_id_fkey');
    await client.query('alter table order_items disable trigger user');
    await client.query('update order_items set product_id = 999999, row_version = 2 where id = 1');
    await client.query('update orders set total = total + 1 where id = 2');
  });
}

/** Order 3 once more, as if it had been sold for more. */
async function plantInLake(): Promise<void> {
  const [orders] = copiedTables;
  if (orders === undefined) throw new Error('The lake has no orders');
  const row = await inDatabase(addresses.databaseUrl, async (client) => {
    const { rows } = await client.query('select to_json(o) as row from orders o where id = 3');
    return rows[0].row;
  });
  const instants = Object.entries(row).filter(([column]) => column.endsWith('_at'));
  const utc = instants.map(([column, at]) => [column, new Date(String(at)).toISOString()]);
  const change: RowChange = {
    ...{ table: 'orders', operation: 'insert', key: '3', rowVersion: 1 },
    ...{ eventId: 'orders|3|1', commitTimeMs: Date.now() },
    row: { ...row, ...Object.fromEntries(utc), total: '1.00' },
  };
  const firehose = new FirehoseClient(local());
  await firehose.send(
    new PutRow({
      DeliveryStreamName: 'dev-orders',
      Record: { Data: Buffer.from(JSON.stringify(lakeRow(orders, change, Date.now()))) },
    }),
  );
  firehose.destroy();
}

async function plantInStream(): Promise<void> {
  const kinesis = new KinesisClient({ ...local(), requestHandler: new NodeHttpHandler() });
  await kinesis.send(
    new PutRecordCommand({
      StreamName: 'dev-shop-changes',
      PartitionKey: 'x',
      Data: Buffer.from('{"data": not json'),
    }),
  );
  kinesis.destroy();
}

function local() {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint: addresses.awsUrl, region: 'us-east-1', credentials };
}
