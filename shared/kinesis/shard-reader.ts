import {
  GetRecordsCommand,
  type GetRecordsOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
} from '@aws-sdk/client-kinesis';
import type { ListedShard, ShardReader } from '../stream/shard-reader.ts';

const listingLifetimeMs = 5_000;
/** An empty answer proves nothing; the end of a shard is told by the missing next iterator. */
const readsMax = 20;

/** Reads shard listings, and the ends of closed shards, from Kinesis. */
export class KinesisShardReader implements ShardReader {
  readonly #client: KinesisClient;
  readonly #streamNames: Readonly<Record<string, string>>;
  readonly #now: () => number;
  readonly #listings = new Map<string, { atMs: number; shards: readonly ListedShard[] }>();
  /** Per shard whose end was not reached, where to read on. */
  readonly #searches = new Map<string, { after: string | undefined; iterator: string }>();

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
    const shards = await this.#fetch(stream);
    this.#listings.set(stream, { atMs: this.#now(), shards });
    return shards;
  }

  /** Goes on where the last call with these arguments stopped: a long silence takes many reads. */
  async isReadToEnd(
    stream: string,
    shard: string,
    sequenceNumber: string | undefined,
  ): Promise<boolean> {
    const name = `${stream}/${shard}`;
    const search = this.#searches.get(name);
    this.#searches.delete(name);
    let iterator =
      search && search.after === sequenceNumber
        ? search.iterator
        : await this.#iteratorAfter(stream, shard, sequenceNumber);
    for (let read = 0; iterator !== undefined && read < readsMax; read += 1) {
      const answer: GetRecordsOutput = await this.#client.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: 1 }),
      );
      if ((answer.Records?.length ?? 0) > 0) return false;
      iterator = answer.NextShardIterator;
    }
    if (iterator === undefined) return true;
    this.#searches.set(name, { after: sequenceNumber, iterator });
    return false;
  }

  async #iteratorAfter(
    stream: string,
    shard: string,
    sequenceNumber: string | undefined,
  ): Promise<string | undefined> {
    const start =
      sequenceNumber === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : {
            ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const,
            StartingSequenceNumber: sequenceNumber,
          };
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({ StreamName: this.#nameOf(stream), ShardId: shard, ...start }),
    );
    return ShardIterator;
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
