import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFirehose, type Firehose } from '../../../../infra/local/firehose/firehose.ts';
import type { PutObject } from '../../../../infra/local/put-object.ts';
import { serveAws } from '../../../fixtures/aws-endpoint.ts';
import {
  bucketFolder,
  deliveryStreams,
  glueTables,
  lakeBucket,
  putObjectInto,
  resource,
} from '../../../fixtures/lake.ts';

let root: string;
let opened: Firehose[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'firehose-'));
});
afterEach(async () => {
  await Promise.all(opened.map((firehose) => firehose.close()));
  opened = [];
  rmSync(root, { recursive: true, force: true });
});

async function open(putObject: PutObject = putObjectInto(root)): Promise<Firehose> {
  const firehose = await createFirehose({
    directory: path.join(root, 'firehose'),
    deliveryStreams,
    tables: glueTables,
    putObject,
    report: () => undefined,
  });
  opened.push(firehose);
  return firehose;
}

async function put(firehose: Firehose, records: readonly string[], stream = 'dev-orders') {
  const endpoint = await serveAws([firehose]);
  const client = new FirehoseClient(endpoint.client);
  try {
    return await client.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: stream,
        Records: records.map((record) => ({ Data: Buffer.from(record) })),
      }),
    );
  } finally {
    client.destroy();
    await endpoint.close();
  }
}

function order(id: number | string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    id,
    customer_id: 5,
    ordered_at: '2026-02-28 23:59:59.999',
    total: '19.90',
    status: 'naïve 🛒',
    channel: '',
    payment_id: null,
    row_version: 1,
    _op: 'insert',
    _ts: '2026-03-01 00:00:00.001',
    _event_id: `orders|${id}|1`,
    _partition: '2026-02',
    ...fields,
  });
}

async function select(sql: string): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const files = path.join(bucketFolder(root, lakeBucket), 'bronze/orders/**/*.data');
  const reader = await connection.runAndReadAll(sql.replaceAll('LAKE', `'${files}'`));
  connection.closeSync();
  return reader.getRowObjectsJson();
}

function objectsUnder(prefix: string): string[] {
  return readdirSync(path.join(bucketFolder(root, lakeBucket), prefix), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.data'))
    .toSorted();
}

describe('createFirehose()', () => {
  it('writes packed lines as Parquet of the Glue types, one object per partition', async () => {
    const firehose = await open();
    const lines = [
      order(1),
      order('9007199254740993', { total: '9999999999.99' }),
      order(3, { _partition: '2026-03', total: '-0.05' }),
    ];
    expect((await put(firehose, [`${lines.join('\n')}\n`])).FailedPutCount).toBe(0);
    await firehose.flush();
    expect(objectsUnder('bronze/orders')).toEqual([
      expect.stringMatching(
        /^month=2026-02\/dev-orders-1-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9a-f-]{36}\.parquet\.data$/,
      ),
      expect.stringMatching(/^month=2026-03\/dev-orders-1-/),
    ]);
    // The filters test the statistics of the files, too.
    expect(
      await select(
        "SELECT id, total, status, channel, payment_id, ordered_at, month FROM read_parquet(LAKE) WHERE id > 3 AND status = 'naïve 🛒' AND month = '2026-02'",
      ),
    ).toEqual([
      {
        id: '9007199254740993',
        total: '9999999999.99',
        status: 'naïve 🛒',
        channel: '',
        payment_id: null,
        ordered_at: '2026-02-28 23:59:59.999',
        month: '2026-02',
      },
    ]);
    expect(await select('SELECT total FROM read_parquet(LAKE) WHERE total < 0')).toEqual([
      { total: '-0.05' },
    ]);
    expect(
      await select(
        "SELECT DISTINCT name, type, converted_type, precision, scale FROM parquet_schema(LAKE) WHERE name IN ('id', 'total', 'ordered_at', 'status') ORDER BY name",
      ),
    ).toMatchObject([
      { name: 'id', type: 'INT64' },
      { name: 'ordered_at', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
      { name: 'status', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'total', converted_type: 'DECIMAL', precision: '12', scale: '2' },
    ]);
    expect(await select('SELECT DISTINCT compression FROM parquet_metadata(LAKE)')).toEqual([
      { compression: 'SNAPPY' },
    ]);
  });

  it('puts rows that do not convert beside the lake, each with its reason, and lands the others', async () => {
    const firehose = await open();
    await put(firehose, [
      [order(1), order(2, { total: 'much' }), order(3, { _partition: null })].join('\n'),
      'no json at all',
    ]);
    await firehose.flush();
    expect(await select('SELECT id FROM read_parquet(LAKE)')).toEqual([{ id: '1' }]);
    const errors = (type: string) =>
      objectsUnder(`errors/orders/${type}`).flatMap((name) =>
        readFileSync(
          path.join(bucketFolder(root, lakeBucket), `errors/orders/${type}`, name),
          'utf8',
        )
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
    const [conversion, ...others] = errors('format-conversion-failed');
    expect(others).toEqual([]);
    expect(conversion).toMatchObject({
      lastErrorMessage:
        'Cannot convert column total: it is not of type decimal(12,2): received "much"',
      dataCatalogTable: { databaseName: 'ecommerce', tableName: 'orders_changes' },
    });
    expect(JSON.parse(Buffer.from(conversion.rawData, 'base64').toString())).toMatchObject({
      id: 2,
    });
    expect(errors('processing-failed').map(({ errorMessage }) => errorMessage)).toEqual([
      'Cannot find partition key month: ._partition is null',
      'Cannot split record: JSON objects are expected: received "no json at all"',
    ]);
  });

  it('keeps what it acknowledged when its process is killed, and lands it once', async () => {
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, '../../../fixtures/firehose-process.ts'), root],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines = Array.from({ length: 50 }, (_, index) => order(index + 1));
    child.stdin.write(`${lines.join('\n')}\n`);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    // A record half written when the process ended was never acknowledged.
    const buffer = path.join(root, 'firehose/dev-orders');
    appendFileSync(path.join(buffer, readdirSync(buffer)[0] ?? ''), Buffer.from([0, 0, 9, 9, 123]));
    const firehose = await open();
    await firehose.flush();
    expect(
      await select('SELECT count(*) AS n, count(DISTINCT id) AS ids FROM read_parquet(LAKE)'),
    ).toEqual([{ n: '50', ids: '50' }]);
    expect(readdirSync(buffer)).toEqual([]);
  });

  it('stores the same objects again after a crash between storing and forgetting', async () => {
    const store = putObjectInto(root);
    const stored: string[] = [];
    const crashing = await open(async (bucket, key, content) => {
      await store(bucket, key, content);
      stored.push(key);
      throw new Error('the process ended here');
    });
    await put(crashing, [order(1), order(2)]);
    await expect(crashing.flush()).rejects.toThrow('the process ended here');
    await crashing.close();
    const firehose = await open();
    await firehose.flush();
    expect(new Set(stored).size).toBe(1);
    expect(await select('SELECT count(*) AS n FROM read_parquet(LAKE)')).toEqual([{ n: '2' }]);
  });

  it('delivers by itself when the buffering interval is over, capped for a laptop', async () => {
    const landed = Promise.withResolvers<string>();
    const firehose = await createFirehose({
      directory: path.join(root, 'firehose'),
      deliveryStreams,
      tables: glueTables,
      putObject: async (_, key) => landed.resolve(key),
      flushAfterMsMax: 50,
    });
    opened.push(firehose);
    await put(firehose, [order(1)]);
    expect(await landed.promise).toMatch(/^bronze\/orders\/month=2026-02\//);
  });

  it('answers as Firehose does when it is asked wrongly', async () => {
    const firehose = await open();
    await expect(put(firehose, [order(1)], 'nothing')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(put(firehose, ['x'.repeat(1_024_001)])).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
    await expect(put(firehose, Array(501).fill('{}'))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('answers the other operations of a producer', async () => {
    const firehose = await open();
    const endpoint = await serveAws([firehose]);
    const client = new FirehoseClient(endpoint.client);
    const { DeliveryStreamNames } = await client.send(new ListDeliveryStreamsCommand({}));
    expect(DeliveryStreamNames).toEqual([
      'dev-clicks',
      'dev-insights',
      'dev-order_adjustments',
      'dev-order_items',
      'dev-order_reviews',
      'dev-orders',
      'dev-payments',
    ]);
    const { RecordId } = await client.send(
      new PutRecordCommand({
        DeliveryStreamName: 'dev-orders',
        Record: { Data: Buffer.from(order(1)) },
      }),
    );
    expect(RecordId).toBeTruthy();
    client.destroy();
    await endpoint.close();
  });

  it.each([
    ['{month: (._partition | ascii_downcase)}', 'MetadataExtractionQuery'],
    ['._partition', 'MetadataExtractionQuery'],
  ])(
    'refuses a template whose partition query it does not understand: %s',
    async (query, reason) => {
      const [first] = deliveryStreams;
      const properties = JSON.parse(
        JSON.stringify(first?.properties).replace('{month: ._partition}', query),
      );
      await expect(
        createFirehose({
          directory: path.join(root, 'firehose'),
          deliveryStreams: [resource(first?.type ?? '', 'dev-orders', properties)],
          tables: glueTables,
          putObject: putObjectInto(root),
        }),
      ).rejects.toThrow(reason);
    },
  );
});
