import { type KinesisClient, PutRecordCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlayedService } from '../../../infra/local/service.ts';
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

function silent(service: PlayedService): PlayedService {
  return {
    ...service,
    async handle(call) {
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
  reader = new KinesisShardReader(cloud.kinesis, { insights: 'dev-insights' }, () => nowMs);
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

  it('does not read a stream it has no name of', async () => {
    await expect(reader.list('else')).rejects.toThrow(
      'Cannot read stream: no physical name is known: received else',
    );
  });
});
