import {
  indexAfter,
  type Shard,
  type SimulatedStream,
} from '../../../cli/simulate-faults/simulated-stream.ts';
import type { StreamRecord } from '../../../shared/stream/record.ts';
import type { ListedShard, ShardPage, ShardReader } from '../../../shared/stream/shard-reader.ts';

/** Streams whose records are all there, as they were at some time: it is moved on by the reader. */
export class RevealedStreams implements ShardReader {
  readonly #streams: ReadonlyMap<string, SimulatedStream>;
  /** Arrival times of all records, in order. */
  readonly #arrivals: readonly number[];
  #seen = 0;

  constructor(streams: Iterable<SimulatedStream>) {
    this.#streams = new Map([...streams].map((stream) => [stream.name, stream]));
    this.#arrivals = [...this.#streams.values()]
      .flatMap(({ shards }) => shards.flatMap(({ records }) => records))
      .map(({ arrivalMs }) => arrivalMs)
      .sort((a, b) => a - b);
  }

  get isAtEnd(): boolean {
    return this.#seen >= this.#arrivals.length;
  }

  /** Lets so many more records arrive. */
  advance(records: number): void {
    this.#seen = Math.min(this.#arrivals.length, this.#seen + records);
  }

  /** Shards that are there, with what has arrived in them. */
  arrived(): {
    readonly stream: string;
    readonly shard: string;
    readonly records: StreamRecord[];
  }[] {
    return [...this.#streams.values()].flatMap((stream) =>
      stream.shards
        .filter((shard) => this.#isThere(stream, shard))
        .map((shard) => ({
          stream: stream.name,
          shard: shard.id,
          records: shard.records.filter(({ arrivalMs }) => arrivalMs <= this.#nowMs),
        })),
    );
  }

  async list(name: string): Promise<readonly ListedShard[]> {
    const stream = this.#stream(name);
    return stream.shards
      .filter((shard) => this.#isThere(stream, shard))
      .map((shard) => ({
        shard: shard.id,
        parents: shard.parents,
        closed: this.#isClosed(shard),
      }));
  }

  async isReadToEnd(name: string, id: string, after: string | undefined): Promise<boolean> {
    const shard = this.#stream(name).find(id);
    return this.#isClosed(shard) && indexAfter(shard, after) === shard.records.length;
  }

  async read(name: string, id: string, after: string | undefined): Promise<ShardPage> {
    const shard = this.#stream(name).find(id);
    const records = shard.records
      .slice(indexAfter(shard, after))
      .filter(({ arrivalMs }) => arrivalMs <= this.#nowMs);
    return { records, atTip: true };
  }

  get #nowMs(): number {
    return this.#arrivals[this.#seen - 1] ?? Number.NEGATIVE_INFINITY;
  }

  /** Children are there as soon as their parents have ended: with their last record. */
  #isThere(stream: SimulatedStream, shard: Shard): boolean {
    return shard.parents.every((id) => {
      const parent = stream.find(id);
      return this.#isThere(stream, parent) && this.#isClosed(parent);
    });
  }

  #isClosed({ closed, records }: Shard): boolean {
    return closed && (records.at(-1)?.arrivalMs ?? 0) <= this.#nowMs;
  }

  #stream(name: string): SimulatedStream {
    const stream = this.#streams.get(name);
    if (!stream) throw new RangeError(`Cannot read a stream: there is none: received ${name}`);
    return stream;
  }
}
