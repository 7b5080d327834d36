import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFirehose, type Firehose } from '../../../infra/local/firehose/firehose.ts';
import { AwsError, type PlayedService } from '../../../infra/local/service.ts';
import { serveAws } from '../../fixtures/aws-endpoint.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import {
  bucketFolder,
  deliveryStreams,
  glueTables,
  lakeBucket,
  putObjectInto,
} from '../../fixtures/lake.ts';

const queueUrl = (base: string): string => `${base}/000000000000/dev-dead-letters`;
const streamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/';

let root: string;
let firehose: Firehose;
let letters: { reason: string; sequenceNumber: string; data: string; consumer: string }[];
let queueFails: boolean;
/** How often each request to Firehose is refused whole, or its first entry. */
let refusals: ('request' | 'entry')[];
let requests: number;
let endpoint: Awaited<ReturnType<typeof serveAws>>;

/** A queue that keeps what it is sent, or refuses it. */
const queue: PlayedService = {
  signingName: 'sqs',
  permissions: () => [],
  async handle({ body }) {
    if (queueFails) throw new AwsError('AccessDenied', 'not today', 403);
    const { Entries } = JSON.parse(body.toString());
    letters.push(...Entries.map((entry: { MessageBody: string }) => JSON.parse(entry.MessageBody)));
    const Successful = Entries.map((entry: { Id: string; MessageBody: string }) => ({
      Id: entry.Id,
      MessageId: entry.Id,
      MD5OfMessageBody: createHash('md5').update(entry.MessageBody).digest('hex'),
    }));
    return { status: 200, body: JSON.stringify({ Successful, Failed: [] }) };
  },
  close: async () => undefined,
};

/** Firehose as it is on a bad day. */
function unreliable(service: PlayedService): PlayedService {
  return {
    ...service,
    async handle(call) {
      requests += 1;
      const refusal = refusals.shift();
      if (refusal === 'request')
        throw new AwsError('InvalidKMSResourceException', 'the key is gone');
      if (refusal !== 'entry') return await service.handle(call);
      const input = JSON.parse(call.body.toString());
      const [, ...rest] = input.Records;
      const RequestResponses = [
        { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' },
        ...rest.map(() => ({ RecordId: 'r' })),
      ];
      if (rest.length > 0) {
        const body = Buffer.from(JSON.stringify({ ...input, Records: rest }));
        await service.handle({ ...call, body });
      }
      return { status: 200, body: JSON.stringify({ FailedPutCount: 1, RequestResponses }) };
    },
  };
}

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'land-records-'));
  firehose = await createFirehose({
    directory: path.join(root, 'firehose'),
    deliveryStreams,
    tables: glueTables,
    putObject: putObjectInto(root),
    flushAfterMsMax: 60_000,
  });
  letters = [];
  refusals = [];
  requests = 0;
  queueFails = false;
  endpoint = await serveAws([unreliable(firehose), queue]);
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.stubEnv('DELIVERY_STREAM_PREFIX', 'dev-');
  vi.stubEnv('CLICKSTREAM_NAME', 'dev-clickstream');
  vi.stubEnv('INSIGHTS_STREAM_NAME', 'dev-insights');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', queueUrl(endpoint.url));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.resetModules();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await endpoint.close();
  await firehose.close();
  rmSync(root, { recursive: true, force: true });
});

function change(table: string, id: number, data: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    data: {
      id,
      customer_id: 5,
      ordered_at: '2026-02-28T23:59:59.999999Z',
      total: 19.9,
      unit_price: 9.95,
      quantity: 2,
      row_version: 1,
      ...data,
    },
    metadata: {
      'record-type': 'data',
      operation: 'insert',
      'schema-name': 'public',
      'table-name': table,
      'commit-timestamp': '2026-03-01T00:00:05.000000Z',
    },
  });
}

async function land(records: readonly string[], stream = 'dev-shop-changes'): Promise<unknown> {
  const { handler } = await import('../../../functions/land-records/handler.ts');
  const event = {
    Records: records.map((record, index) => ({
      eventID: `shardId-000000000000:${index + 1}`,
      eventSourceARN: `${streamArn}${stream}`,
      kinesis: {
        sequenceNumber: String(index + 1),
        data: Buffer.from(record).toString('base64'),
        approximateArrivalTimestamp: 1_772_323_200.5,
      },
    })),
  };
  const context: Partial<Context> = { functionName: 'dev-land-records' };
  return await handler(event, context as Context);
}

async function landed(dataSet: string, shown = 'id'): Promise<string[]> {
  await firehose.flush();
  const files = path.join(bucketFolder(root, lakeBucket), `bronze/${dataSet}/**/*.data`);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(
    `SELECT parse_dirname(filename) || ' ' || ${shown} AS line FROM read_parquet('${files}', filename = true) ORDER BY 1`,
  );
  connection.closeSync();
  return reader.getRowObjectsJson().map(({ line }) => String(line).replace(/^.*\//, ''));
}

describe('land-records', () => {
  it('lands rows of every data set, in one request per delivery stream', async () => {
    const changes = [
      change('orders', 1),
      change('order_items', 10),
      change('customers', 3),
      change('orders', 2, { ordered_at: '2026-03-01T00:00:00Z' }),
    ];
    expect(await land(changes)).toEqual({ batchItemFailures: [] });
    expect(requests).toBe(2);
    const orders = await landed('orders');
    expect(orders.map((line) => line.split(' ').at(-1))).toEqual(['1', '2']);
    expect((await landed('order_items')).length).toBe(1);
    expect(letters).toEqual([]);
  });

  it('sends what it cannot read to the dead-letter queue and lands the rest', async () => {
    const records = [change('orders', 1), '{"data":', change('orders', 2, { total: 'much' })];
    expect(await land(records)).toEqual({ batchItemFailures: [] });
    expect((await landed('orders')).length).toBe(1);
    expect(letters).toMatchObject([
      {
        consumer: 'land-records',
        sequenceNumber: '2',
        stream: 'dev-shop-changes',
        shard: 'shardId-000000000000',
      },
      { sequenceNumber: '3', reason: expect.stringContaining('total: it is not of type decimal') },
    ]);
    expect(Buffer.from(letters[0]?.data ?? '', 'base64').toString()).toBe('{"data":');
  });

  it('lands clicks by the day on which they happened, history told later too', async () => {
    const clicks = [
      viewText('a', Date.UTC(2026, 1, 28, 23), { user: 'u1' }),
      clickTickText(Date.UTC(2026, 1, 28, 23)),
      viewText('b', Date.UTC(2011, 5, 1), { isBackfill: true }),
      viewText('c', 9e15),
      '{"type":"view"}',
    ];
    expect(await land(clicks, 'dev-clickstream')).toEqual({ batchItemFailures: [] });
    const shown = `concat_ws(' ', day, event_id, type, occurred_at, session_hash, user_hash, product_id, is_backfill, _op, _ts)`;
    expect(await landed('clicks', shown)).toEqual([
      ' 2011-06-01 b view 2011-06-01 00:00:00 5f0c 1 true insert 2026-03-01 00:00:00.5',
      ' 2026-02-28 a view 2026-02-28 23:00:00 5f0c u1 1 false insert 2026-03-01 00:00:00.5',
    ]);
    expect(letters.map(({ sequenceNumber, reason }) => [sequenceNumber, reason])).toEqual([
      ['4', expect.stringContaining('Cannot file click')],
      ['5', expect.stringContaining('schemaVersion')],
    ]);
  });

  it('lands insights by type and day, of revisions in one batch the last', async () => {
    const startMs = Date.UTC(2026, 1, 28, 23, 59);
    const insight = (revision: number, type = 'most-viewed'): string =>
      JSON.stringify({
        id: `most-viewed|1|${startMs}`,
        type,
        schemaVersion: 1,
        revision,
        job: 'most-viewed',
        generation: 1,
        window: { startMs, endMs: startMs + 60_000 },
        data: { views: revision, distinctProducts: 0, products: [] },
      });
    const records = [insight(1), insight(3), insight(2), insight(4, 'weather'), 'no json'];
    expect(await land(records, 'dev-insights')).toEqual({ batchItemFailures: [] });
    const shown = `concat_ws(' ', type, day, revision, data, _ts)`;
    expect(await landed('insights', shown)).toEqual([
      ' most-viewed 2026-02-28 3 {"views":3,"distinctProducts":0,"products":[]} 2026-03-01 00:00:00.5',
    ]);
    expect(letters.map(({ sequenceNumber, reason }) => [sequenceNumber, reason])).toEqual([
      ['4', expect.stringContaining('type is not declared')],
      ['5', expect.stringContaining('not JSON')],
    ]);
  });

  it('sends only refused entries again', async () => {
    refusals = ['entry'];
    const records = [
      change('orders', 1),
      change('orders', 2, { ordered_at: '2026-03-01T00:00:00Z' }),
    ];
    expect(await land(records)).toEqual({ batchItemFailures: [] });
    expect(requests).toBe(2);
    expect((await landed('orders')).map((line) => line.split(' ').at(-1))).toEqual(['1', '2']);
  });

  it('asks for the batch again from the first record that did not arrive', async () => {
    refusals = ['request'];
    const records = [change('order_items', 10), change('orders', 1), change('orders', 2)];
    // The items are put first and refused: they begin at the first record.
    expect(await land(records)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    refusals = ['request'];
    const others = [change('customers', 3), change('orders', 1), change('order_items', 10)];
    expect(await land(others)).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect((await landed('order_items')).length).toBe(1);
  });

  it('asks for a record again whose dead letter could not be sent', async () => {
    queueFails = true;
    expect(await land([change('orders', 1), 'no json', change('orders', 2)])).toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }],
    });
  });
});
