import type { ShardId } from '../../../shared/stream/record.ts';
import { type KinesisEvent, mixed, type RecordKind } from './records.ts';

/** What comes to the engine, and how much of it at once. */
export interface LoadShape {
  /** Different keys, all equally frequent: the worst case for what a batch must write. */
  readonly keys: number;
  readonly shards: number;
  readonly batch: number;
}

const startMs = Date.UTC(2026, 2, 1, 12);
/** A shard takes a thousand records a second. */
const recordsPerSecondAndShard = 1_000;
const tickEveryMs = 5_000;
/** Events come out of order by up to this much. */
const disorderMs = 300;

/** An endless stream of batches, shard after shard, with a tick in each shard every five seconds. */
export class Load {
  readonly #kind: RecordKind;
  readonly #shape: LoadShape;
  readonly #tickedMs: number[];
  #events = 0;
  #sequence = 0;
  #next = 0;

  constructor(kind: RecordKind, shape: LoadShape) {
    this.#kind = kind;
    this.#shape = shape;
    this.#tickedMs = new Array<number>(shape.shards).fill(startMs);
  }

  /** The next batch, of the next shard. */
  batch(): { readonly from: ShardId; readonly event: KinesisEvent; readonly bytes: number } {
    const { shards, batch, keys } = this.#shape;
    const shard = this.#next;
    this.#next = (shard + 1) % shards;
    const records: KinesisEvent['Records'][number][] = [];
    let bytes = 0;
    const name = `shardId-${String(shard).padStart(12, '0')}`;
    const push = (text: string, key: number, atMs: number): void => {
      const sequenceNumber = `4966${String(this.#sequence).padStart(52, '0')}`;
      this.#sequence += 1;
      const data = Buffer.from(text);
      bytes += data.length;
      records.push({
        eventID: `${name}:${sequenceNumber}`,
        eventSource: 'aws:kinesis',
        eventSourceARN: `arn:aws:kinesis:us-east-1:123456789012:stream/${this.#kind.stream}`,
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey: String(key),
          sequenceNumber,
          data: data.toString('base64'),
          approximateArrivalTimestamp: (atMs + disorderMs) / 1_000,
        },
      });
    };
    for (let n = 0; n < batch; n += 1) {
      const index = this.#events;
      this.#events += 1;
      const nowMs = startMs + Math.floor((index / shards / recordsPerSecondAndShard) * 1_000);
      const key = ownKey(mixed(index) % keys, shard, this.#shape);
      const atMs = nowMs - (mixed(index + 1) % disorderMs);
      push(this.#kind.text(index, key, atMs), key, nowMs);
      if (nowMs - (this.#tickedMs[shard] ?? 0) < tickEveryMs) continue;
      this.#tickedMs[shard] = nowMs;
      push(this.#kind.tickText(nowMs - disorderMs), 0, nowMs);
    }
    return { from: { stream: this.#kind.stream, shard: name }, event: { Records: records }, bytes };
  }
}

/** All events of a key come by one shard, as its partition key puts them there. */
function ownKey(key: number, shard: number, { shards, keys }: LoadShape): number {
  return Math.min(keys - 1, key - (key % shards) + shard);
}
