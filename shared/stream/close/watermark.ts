import type { ShardId } from '../record.ts';
import type { ListedShard, ShardReader } from '../shard-reader.ts';
import { beforeAll, type Control } from '../state/control.ts';

/** Tells the time that all sources vouch for. Remembers what can not change: shards read to their end. */
export class GlobalWatermark {
  readonly #shards: ShardReader;
  readonly #ended = new Set<string>();

  constructor(shards: ShardReader) {
    this.#shards = shards;
  }

  /** One listing per stream; take it before the control rows are read. */
  async list(streams: readonly string[]): Promise<ReadonlyMap<string, readonly ListedShard[]>> {
    const listings = await Promise.all(streams.map((stream) => this.#shards.list(stream)));
    return new Map(streams.map((stream, index) => [stream, listings[index] ?? []]));
  }

  /**
   * The minimum over all shards of all streams. A shard that no batch has come from holds it; a
   * parent leaves it once it has been read to its end, its children being in the same listing.
   */
  async minimum(
    listings: ReadonlyMap<string, readonly ListedShard[]>,
    controlOf: (shard: ShardId) => Control | undefined,
  ): Promise<number> {
    let minimum = Number.POSITIVE_INFINITY;
    for (const [stream, listing] of listings) {
      for (const { shard, closed } of listing) {
        const control = controlOf({ stream, shard });
        if (closed && (await this.#hasEnded(stream, shard, listing, control))) continue;
        minimum = Math.min(minimum, control?.watermarkMs ?? beforeAll);
      }
    }
    return Number.isFinite(minimum) ? minimum : beforeAll;
  }

  async #hasEnded(
    stream: string,
    shard: string,
    listing: readonly ListedShard[],
    control: Control | undefined,
  ): Promise<boolean> {
    if (!listing.some(({ parents }) => parents.includes(shard))) return false;
    const name = `${stream}/${shard}`;
    if (this.#ended.has(name)) return true;
    const ended = await this.#shards.isReadToEnd(stream, shard, control?.sequenceNumber);
    if (ended) this.#ended.add(name);
    return ended;
  }
}
