import { setTimeout as sleep } from 'node:timers/promises';
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
  ProvisionedThroughputExceededException,
  type Shard,
} from '@aws-sdk/client-kinesis';

/** A record where it was read. */
export interface TailedRecord {
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly arrivedMs: number;
  readonly data: Uint8Array;
}

export interface FollowOptions {
  readonly streamName: string;
  /** Epoch milliseconds, or one end of what the stream holds. */
  readonly from: 'latest' | 'trim-horizon' | number;
  readonly signal: AbortSignal;
  /** Pause between two rounds; a shard serves five reads a second to all its readers together. */
  readonly pollMs: number;
  /** Called once, when everything put from now on will be seen. */
  readonly onOpen?: () => void;
}

type Place = Pick<
  GetShardIteratorCommandInput,
  'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
>;

/** A shard that is read: behind the last record, else at its start. */
interface Cursor {
  readonly start: Place;
  iterator: string | undefined;
  last: string | undefined;
}

const oldest: Place = { ShardIteratorType: 'TRIM_HORIZON' };
const newest: Place = { ShardIteratorType: 'LATEST' };

/**
 * Everything put into a stream, round by round, each shard in its order and the records of a round
 * in the order of their arrival, until the signal. After a split or a merge a new shard is begun
 * when those it came from have been read to their ends.
 */
export async function* followStream(
  client: KinesisClient,
  { streamName, from, signal, pollMs, onOpen }: FollowOptions,
): AsyncGenerator<readonly TailedRecord[], undefined> {
  const start: Place =
    typeof from === 'number'
      ? { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(from) }
      : oldest;
  const cursors = new Map<string, Cursor>();
  const ended = new Set<string>();

  async function begin(shard: string, place: Place): Promise<void> {
    const iterator = await iteratorAt(client, streamName, shard, place);
    cursors.set(shard, { start: place, iterator, last: undefined });
  }

  /** Begins what can be begun. */
  async function open(): Promise<void> {
    const shards = await listShards(client, streamName);
    const listed = new Set(shards.map(({ ShardId = '' }) => ShardId));
    for (const { ShardId = '', ...shard } of shards) {
      const parents = [shard.ParentShardId, shard.AdjacentParentShardId];
      const waits = parents.some((id) => id !== undefined && listed.has(id) && !ended.has(id));
      if (!waits && !cursors.has(ShardId) && !ended.has(ShardId)) await begin(ShardId, start);
    }
  }

  if (from === 'latest') {
    for (const { ShardId = '', SequenceNumberRange } of await listShards(client, streamName)) {
      if (SequenceNumberRange?.EndingSequenceNumber === undefined) await begin(ShardId, newest);
      else ended.add(ShardId);
    }
  } else {
    await open();
  }
  onOpen?.();
  while (!signal.aborted) {
    const rounds = await Promise.all(
      [...cursors].map(async ([shard, cursor]) => {
        const answer = await read(client, streamName, shard, cursor);
        if (answer !== undefined && answer.NextShardIterator === undefined) {
          cursors.delete(shard);
          ended.add(shard);
        }
        return { shard, answer };
      }),
    );
    if (rounds.some(({ shard }) => ended.has(shard))) await open();
    const records = rounds.flatMap(({ shard, answer }) => recordsOf(shard, answer));
    records.sort((one, other) => one.arrivedMs - other.arrivedMs);
    if (records.length > 0) yield records;
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** Undefined: the shard's readers together ask for more than it gives; the next round tries again. */
async function read(
  client: KinesisClient,
  streamName: string,
  shard: string,
  cursor: Cursor,
): Promise<GetRecordsCommandOutput | undefined> {
  try {
    const answer = await client.send(new GetRecordsCommand({ ShardIterator: cursor.iterator }));
    cursor.iterator = answer.NextShardIterator;
    cursor.last = answer.Records?.at(-1)?.SequenceNumber ?? cursor.last;
    return answer;
  } catch (error) {
    if (error instanceof ProvisionedThroughputExceededException) return undefined;
    // It lives five minutes: the computer slept, say.
    if (!(error instanceof ExpiredIteratorException)) throw error;
    const place: Place =
      cursor.last === undefined
        ? cursor.start
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: cursor.last };
    cursor.iterator = await iteratorAt(client, streamName, shard, place);
    return undefined;
  }
}

function recordsOf(
  shard: string,
  answer: GetRecordsCommandOutput | undefined,
): readonly TailedRecord[] {
  return (answer?.Records ?? []).map(
    ({ SequenceNumber = '', Data = new Uint8Array(), ApproximateArrivalTimestamp }) => ({
      shard,
      sequenceNumber: SequenceNumber,
      arrivedMs: ApproximateArrivalTimestamp?.getTime() ?? 0,
      data: Data,
    }),
  );
}

async function iteratorAt(
  client: KinesisClient,
  streamName: string,
  shard: string,
  place: Place,
): Promise<string | undefined> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: streamName, ShardId: shard, ...place }),
  );
  return ShardIterator;
}

async function listShards(client: KinesisClient, streamName: string): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let next: string | undefined;
  do {
    const page: ListShardsCommandOutput = await client.send(
      new ListShardsCommand(next === undefined ? { StreamName: streamName } : { NextToken: next }),
    );
    shards.push(...(page.Shards ?? []));
    next = page.NextToken;
  } while (next !== undefined);
  return shards;
}
