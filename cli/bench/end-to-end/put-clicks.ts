import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { type ClickRecord, clickSchemaVersion } from '../../../shared/events/click.ts';
import { compareSequenceNumbers } from '../../../shared/stream/record.ts';

/** Clicks that were put in one request. */
export interface PutBatch {
  /** When the request was made, and the time of each click in it; epoch milliseconds. */
  readonly atMs: number;
  readonly count: number;
  /** The last sequence number in each shard that it went to. */
  readonly last: ReadonlyMap<string, string>;
}

export interface ClickLoad {
  readonly perSecond: number;
  readonly seconds: number;
  onPut(batch: PutBatch): void;
}

/** PutRecords takes no more. */
const batchMax = 500;
const onTheWayMax = 16;
const sessions = 2_000;
const products = 1_000;
const run = Date.now().toString(36);
let clicksMade = 0;

/** Puts views of products into a stream, evenly over time, in requests of 500. */
export async function putClicks(
  client: KinesisClient,
  stream: string,
  { perSecond, seconds, onPut }: ClickLoad,
): Promise<{ readonly clicks: number; readonly perSecond: number }> {
  const requests = Math.round((perSecond * seconds) / batchMax);
  const startedMs = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const dueMs = startedMs + ((index * batchMax) / perSecond) * 1000;
      const early = dueMs - performance.now();
      if (early > 0) await sleep(early);
      onPut(await putBatch(client, stream));
    }
  };
  await Promise.all(Array.from({ length: onTheWayMax }, work));
  const clicks = requests * batchMax;
  return { clicks, perSecond: clicks / ((performance.now() - startedMs) / 1000) };
}

async function putBatch(client: KinesisClient, stream: string): Promise<PutBatch> {
  const atMs = Date.now();
  const Records = Array.from({ length: batchMax }, () => {
    const click = nextClick(atMs);
    return { PartitionKey: click.session, Data: Buffer.from(JSON.stringify(click)) };
  });
  const answer = await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
  const last = new Map<string, string>();
  for (const { ShardId = '', SequenceNumber, ErrorCode } of answer.Records ?? []) {
    if (SequenceNumber === undefined) {
      throw new Error(`Cannot put clicks: the stream refuses some: received ${ErrorCode}`);
    }
    const known = last.get(ShardId);
    if (!known || compareSequenceNumbers(known, SequenceNumber) < 0) {
      last.set(ShardId, SequenceNumber);
    }
  }
  return { atMs, count: batchMax, last };
}

/** About 250 bytes, as the intake writes them; a few products get most of the views. */
function nextClick(occurredAtMs: number): ClickRecord {
  clicksMade += 1;
  const spread = (clicksMade * 0.618_033_988_749_894_9) % 1;
  return {
    schemaVersion: clickSchemaVersion,
    eventId: `${run}-${String(clicksMade).padStart(24, '0')}`,
    type: 'view',
    occurredAtMs,
    session: `b7e2c90f5d1a4e6f${String(clicksMade % sessions).padStart(16, '0')}`,
    user: null,
    productId: 1 + Math.floor(spread ** 3 * products),
    category: null,
    consent: 'statistics',
  };
}
