import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-kinesis';
import type { ListedShard, ShardPage, ShardReader } from '../stream/shard-reader.ts';

const listingLifetimeMs = 5_000;
/** An empty answer proves nothing; the end of a shard is told by the missing next iterator. */
const readsMax = 20;
/** About what a mapping brings at once: a page becomes one batch. */
const pageRecordsMax = 1_000;

/** Where in a shard to begin: behind a record, at a time of arrival, else at the oldest record. */
interface Start {
  readonly after: string | undefined;
  readonly fromMs: number | undefined;
}

/** Reads shard listings, records again, and the ends of closed shards, from Kinesis. */
export class KinesisShardReader implements ShardReader {
  readonly #client: KinesisClient;
  readonly #streamNames: Readonly<Record<string, string>>;
  readonly #now: () => number;
  readonly #listings = new Map<string, { atMs: number; shards: readonly ListedShard[] }>();
  /** Under way: jobs of a function ask in chorus. */
  readonly #fetches = new Map<string, Promise<readonly ListedShard[]>>();
  /** Per shard whose end was not reached, where to read on. */
  readonly #searches = new Map<string, Start & { iterator: string }>();
  /** Per shard that is read page by page, where the next page begins. */
  readonly #pages = new Map<string, Start & { iterator: string }>();

  /** @param streamNames physical name of each stream, by the name that sources use. */
  constructor(
    client: KinesisClient,
    streamNames: Readonly<Record<string, string>>,
    now: () => number,
  ) {
    this.#client = client;
    this.#streamNames = streamNames;
    this.#now = now;
  }

  async list(stream: string, including?: string): Promise<readonly ListedShard[]> {
    const known = this.#listings.get(stream);
    const isFresh = known && this.#now() - known.atMs < listingLifetimeMs;
    const shows = (shards: readonly ListedShard[]): boolean =>
      including === undefined || shards.some(({ shard }) => shard === including);
    if (isFresh && shows(known.shards)) return known.shards;
    const underWay = this.#fetches.get(stream);
    const shards = await (underWay ?? this.#fetchOnce(stream));
    return underWay && !shows(shards) ? this.#fetchOnce(stream) : shards;
  }

  /** Goes on where the last call with these arguments stopped: a long silence takes many reads. */
  async isReadToEnd(
    stream: string,
    shard: string,
    sequenceNumber: string | undefined,
  ): Promise<boolean> {
    const start = { after: sequenceNumber, fromMs: undefined };
    let place = await this.#resume(this.#searches, stream, shard, start);
    for (let read = 0; place !== undefined && read < readsMax; read += 1) {
      const answer = await this.#getRecords(stream, shard, start, place, 1);
      if (!answer) break;
      if ((answer.Records?.length ?? 0) > 0) return false;
      place = answer.NextShardIterator;
    }
    if (place === undefined) return true;
    this.#searches.set(`${stream}/${shard}`, { ...start, iterator: place });
    return false;
  }

  /** A page after the one read last costs one call. */
  async read(
    stream: string,
    shard: string,
    after: string | undefined,
    fromMs: number | undefined,
  ): Promise<ShardPage> {
    const start = { after, fromMs: after === undefined ? fromMs : undefined };
    let place = await this.#resume(this.#pages, stream, shard, start);
    for (let read = 0; place !== undefined && read < readsMax; read += 1) {
      const answer = await this.#getRecords(stream, shard, start, place, pageRecordsMax);
      if (!answer) break;
      const { Records = [], NextShardIterator, MillisBehindLatest } = answer;
      place = NextShardIterator;
      const atTip = place === undefined || MillisBehindLatest === 0;
      const last = Records.at(-1)?.SequenceNumber;
      if (last === undefined && !atTip) continue;
      const next = last === undefined ? start : { after: last, fromMs: undefined };
      if (place !== undefined) {
        this.#pages.set(`${stream}/${shard}`, { ...next, iterator: place });
      }
      const records = Records.map(({ SequenceNumber = '', Data, ApproximateArrivalTimestamp }) => ({
        sequenceNumber: SequenceNumber,
        data: Data ?? new Uint8Array(),
        arrivalMs: ApproximateArrivalTimestamp?.getTime() ?? 0,
      }));
      return { records, atTip };
    }
    if (place === undefined) return { records: [], atTip: true };
    this.#pages.set(`${stream}/${shard}`, { ...start, iterator: place });
    return { records: [], atTip: false };
  }

  /** The iterator kept for this start, used once, or a new one. */
  async #resume(
    kept: Map<string, Start & { iterator: string }>,
    stream: string,
    shard: string,
    start: Start,
  ): Promise<string | undefined> {
    const name = `${stream}/${shard}`;
    const known = kept.get(name);
    kept.delete(name);
    return known && known.after === start.after && known.fromMs === start.fromMs
      ? known.iterator
      : this.#iteratorAt(stream, shard, start);
  }

  /**
   * An iterator lives five minutes; a kept one may have died. Undefined: all readers of the shard
   * together ask for more than it gives, and the SDK has waited and tried again in vain.
   */
  async #getRecords(
    stream: string,
    shard: string,
    start: Start,
    iterator: string,
    limit: number,
  ): Promise<GetRecordsOutput | undefined> {
    const get = (ShardIterator: string | undefined) =>
      this.#client.send(new GetRecordsCommand({ ShardIterator, Limit: limit }));
    try {
      return await get(iterator);
    } catch (error) {
      if (error instanceof ProvisionedThroughputExceededException) return undefined;
      if (!(error instanceof ExpiredIteratorException)) throw error;
      return get(await this.#iteratorAt(stream, shard, start));
    }
  }

  async #iteratorAt(
    stream: string,
    shard: string,
    { after, fromMs }: Start,
  ): Promise<string | undefined> {
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        StreamName: this.#nameOf(stream),
        ShardId: shard,
        ...(after !== undefined
          ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after }
          : fromMs !== undefined
            ? { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(fromMs) }
            : { ShardIteratorType: 'TRIM_HORIZON' }),
      }),
    );
    return ShardIterator;
  }

  async #fetchOnce(stream: string): Promise<readonly ListedShard[]> {
    const fetching = this.#fetch(stream);
    this.#fetches.set(stream, fetching);
    try {
      const shards = await fetching;
      this.#listings.set(stream, { atMs: this.#now(), shards });
      return shards;
    } finally {
      if (this.#fetches.get(stream) === fetching) this.#fetches.delete(stream);
    }
  }

  async #fetch(stream: string): Promise<readonly ListedShard[]> {
    const shards: ListedShard[] = [];
    let next: string | undefined;
    do {
      const page: ListShardsCommandOutput = await this.#client.send(
        new ListShardsCommand(
          next === undefined ? { StreamName: this.#nameOf(stream) } : { NextToken: next },
        ),
      );
      for (const shard of page.Shards ?? []) {
        const parents = [shard.ParentShardId, shard.AdjacentParentShardId];
        shards.push({
          shard: shard.ShardId ?? '',
          parents: parents.filter((parent) => parent !== undefined),
          closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
        });
      }
      next = page.NextToken;
    } while (next !== undefined);
    return shards;
  }

  #nameOf(stream: string): string {
    const name = this.#streamNames[stream];
    if (name === undefined) {
      throw new RangeError(`Cannot read stream: no physical name is known: received ${stream}`);
    }
    return name;
  }
}
