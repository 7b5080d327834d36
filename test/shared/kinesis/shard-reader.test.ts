import {
  type KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError, type PlayedService } from '../../../infra/local/service.ts';
import { KinesisShardReader } from '../../../shared/kinesis/shard-reader.ts';
import { ancestorsOf } from '../../../shared/stream/shard-reader.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

const parent = 'shardId-000000000000';
let cloud: PlayedCloud;
let nowMs: number;
let reader: KinesisShardReader;
let lastSequenceNumber: string;
/** Reads that find nothing though the shard has not ended, as Kinesis may answer. */
let silentReads = 0;
/** Reads whose iterator has died. */
let expiredReads = 0;
/** Tries that the shard refuses, the SDK's own among them. */
let throttledReads = 0;
const operations: string[] = [];

function silent(service: PlayedService): PlayedService {
  return {
    ...service,
    async handle(call) {
      operations.push(call.operation ?? '');
      if (call.operation === 'GetRecords' && throttledReads > 0) {
        throttledReads -= 1;
        throw new AwsError('ProvisionedThroughputExceededException', 'Rate exceeded');
      }
      if (call.operation === 'GetRecords' && expiredReads > 0) {
        expiredReads -= 1;
        throw new AwsError('ExpiredIteratorException', 'Iterator expired');
      }
      if (call.operation !== 'GetRecords' || silentReads === 0) return service.handle(call);
      silentReads -= 1;
      const { ShardIterator: NextShardIterator } = JSON.parse(call.body.toString());
      const headers = { 'content-type': 'application/x-amz-json-1.1' };
      const body = JSON.stringify({ Records: [], NextShardIterator, MillisBehindLatest: 1_000 });
      return { status: 200, headers, body };
    },
  };
}

async function put(client: KinesisClient, text: string): Promise<string> {
  const { SequenceNumber = '' } = await client.send(
    new PutRecordCommand({
      StreamName: 'dev-insights',
      PartitionKey: 'a',
      Data: Buffer.from(JSON.stringify(text)),
    }),
  );
  return SequenceNumber;
}

beforeAll(async () => {
  cloud = await playCloud(silent);
  nowMs = 0;
  reader = new KinesisShardReader(
    cloud.kinesis,
    { insights: 'dev-insights', clicks: 'dev-clickstream' },
    () => nowMs,
  );
  await put(cloud.kinesis, 'first');
  lastSequenceNumber = await put(cloud.kinesis, 'last');
});
afterAll(() => cloud.close());

describe('KinesisShardReader', () => {
  it('lists shards and knows an open one has not ended', async () => {
    expect(await reader.list('insights')).toEqual([{ shard: parent, parents: [], closed: false }]);
    expect(await reader.isReadToEnd('insights', parent, lastSequenceNumber)).toBe(false);
  });

  it('keeps a listing for some seconds, unless it lacks the shard that is asked for', async () => {
    await cloud.kinesis.send(
      new SplitShardCommand({
        StreamName: 'dev-insights',
        ShardToSplit: parent,
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    nowMs = 4_999;
    expect(await reader.list('insights')).toHaveLength(1);
    const child = 'shardId-000000000001';
    const fresh = await reader.list('insights', child);
    expect(fresh).toEqual([
      { shard: parent, parents: [], closed: true },
      { shard: child, parents: [parent], closed: false },
      { shard: 'shardId-000000000002', parents: [parent], closed: false },
    ]);
    expect(ancestorsOf(fresh, child)).toEqual([parent]);
    expect(await reader.list('insights')).toEqual(fresh);
  });

  it('asks for one listing when many want it at once, unless it lacks what one looks for', async () => {
    nowMs += 60_000;
    const calls = operations.length;
    const wanted = [reader.list('insights'), reader.list('insights'), reader.list('insights')];
    expect(new Set(await Promise.all(wanted)).size).toBe(1);
    expect(operations.length).toBe(calls + 1);
    nowMs += 60_000;
    await Promise.all([reader.list('insights'), reader.list('insights', 'shardId-of-tomorrow')]);
    expect(operations.length).toBe(calls + 3);
  });

  it('knows that a closed shard has ended behind its last record, not before', async () => {
    expect(await reader.isReadToEnd('insights', parent, undefined)).toBe(false);
    const [first] = cloud.records('dev-insights');
    expect(first?.body).toBe('first');
    expect(await reader.isReadToEnd('insights', parent, lastSequenceNumber)).toBe(true);
  });

  it('reads on through a long silence from call to call, and anew when records came', async () => {
    silentReads = 50;
    const calls = [];
    for (let call = 0; call < 4; call += 1) {
      calls.push(await reader.isReadToEnd('insights', parent, lastSequenceNumber));
    }
    expect(calls).toEqual([false, false, true, true]);
    silentReads = 30;
    expect(await reader.isReadToEnd('insights', parent, lastSequenceNumber)).toBe(false);
    expect(await reader.isReadToEnd('insights', parent, undefined)).toBe(false);
    expect(await reader.isReadToEnd('insights', parent, undefined)).toBe(false);
  });

  it('reads page by page to the tip, each record once, from anywhere', async () => {
    const stream = 'clicks';
    const shard = 'shardId-000000000000';
    const sequenceNumbers: string[] = [];
    for (let from = 0; from < 2_500; from += 500) {
      const { Records = [] } = await cloud.kinesis.send(
        new PutRecordsCommand({
          StreamName: 'dev-clickstream',
          Records: Array.from({ length: 500 }, (_, index) => ({
            PartitionKey: 'a',
            ExplicitHashKey: '0',
            Data: Buffer.from(`{"number":${from + index}}`),
          })),
        }),
      );
      sequenceNumbers.push(...Records.map(({ SequenceNumber = '' }) => SequenceNumber));
    }
    const calls = operations.length;
    const found: string[] = [];
    let last: string | undefined;
    for (let atTip = false; !atTip; ) {
      const page = await reader.read(stream, shard, last, undefined);
      found.push(...page.records.map(({ sequenceNumber }) => sequenceNumber));
      last = page.records.at(-1)?.sequenceNumber ?? last;
      atTip = page.atTip;
    }
    expect(found).toEqual(sequenceNumbers);
    expect(operations.slice(calls)).toEqual(['GetShardIterator', ...Array(3).fill('GetRecords')]);

    const behind = await reader.read(stream, shard, sequenceNumbers[1_999], 0);
    expect(behind.records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      sequenceNumbers.slice(2_000),
    );
    const [first] = behind.records;
    expect(Buffer.from(first?.data ?? []).toString()).toBe('{"number":2000}');
    expect(await reader.read(stream, shard, last, undefined)).toEqual({ records: [], atTip: true });
    const since = await reader.read(stream, shard, undefined, first?.arrivalMs);
    expect(since.records[0]?.arrivalMs).toBeGreaterThanOrEqual(first?.arrivalMs ?? 0);
    expect(since.records.length + found.indexOf(since.records[0]?.sequenceNumber ?? '')).toBe(
      Math.min(2_500, found.indexOf(since.records[0]?.sequenceNumber ?? '') + 1_000),
    );
  });

  it('reads on over empty answers, from call to call, and is at the tip of an ended shard', async () => {
    silentReads = 30;
    const silence = await reader.read('insights', parent, undefined, undefined);
    expect(silence).toEqual({ records: [], atTip: false });
    const page = await reader.read('insights', parent, undefined, undefined);
    expect(page.records.at(-1)?.sequenceNumber).toBe(lastSequenceNumber);
    const end = { records: [], atTip: true };
    expect(await reader.read('insights', parent, lastSequenceNumber, undefined)).toEqual(end);
  });

  it('goes on later where a shard gives its readers no more', async () => {
    const shard = 'shardId-000000000001';
    throttledReads = 3;
    const silence = { records: [], atTip: false };
    expect(await reader.read('clicks', shard, undefined, undefined)).toEqual(silence);
    throttledReads = 3;
    expect(await reader.isReadToEnd('insights', parent, lastSequenceNumber)).toBe(false);
    throttledReads = 0;
    expect(await reader.isReadToEnd('insights', parent, lastSequenceNumber)).toBe(true);
  });

  it('asks for a new iterator when the kept one has died', async () => {
    const shard = 'shardId-000000000001';
    const read = (after?: string) => reader.read('clicks', shard, after, undefined);
    expect((await read()).atTip).toBe(true);
    expiredReads = 1;
    expect(await read()).toEqual({ records: [], atTip: true });
    expect(operations.slice(-3)).toEqual(['GetRecords', 'GetShardIterator', 'GetRecords']);
  });

  it('does not read a stream it has no name of', async () => {
    await expect(reader.list('else')).rejects.toThrow(
      'Cannot read stream: no physical name is known: received else',
    );
  });
});
