import type { StreamRecord } from '../../shared/stream/record.ts';
import type { ListedShard } from '../../shared/stream/shard-reader.ts';

/** What a record of the simulation holds; its data is the number of its payload. */
export type Payload =
  | { readonly kind: 'event'; readonly event: SimulatedEvent }
  | { readonly kind: 'tick'; readonly atMs: number }
  | { readonly kind: 'load'; readonly id: string }
  | { readonly kind: 'poison' };

/** An event as the jobs of the simulation see it. */
export interface SimulatedEvent {
  readonly id: string;
  readonly timeMs: number;
  readonly key: string;
  readonly amount: number;
  /** The job throws when it looks at it. */
  readonly hostile: boolean;
  /** Its time is far ahead of its arrival. */
  readonly fromFuture: boolean;
}

export interface StoredRecord extends StreamRecord {
  readonly payload: Payload;
}

export interface Shard {
  readonly id: string;
  readonly parents: readonly string[];
  /** Hash keys from `low` to below `high`. */
  readonly low: number;
  readonly high: number;
  closed: boolean;
  readonly records: StoredRecord[];
}

/** Hash keys lie between 0 and this. */
export const hashRange = 60;

/** A Kinesis stream as far as the engine can tell. */
export class SimulatedStream {
  readonly name: string;
  readonly shards: Shard[] = [];
  readonly #payloads: Payload[];
  // Lengths of numbers differ, so that comparing them as text would be wrong.
  #sequence = 90;

  /** @param payloads every payload of the world, by the number that records carry. */
  constructor(name: string, shards: number, payloads: Payload[]) {
    this.name = name;
    this.#payloads = payloads;
    for (let index = 0; index < shards; index += 1) {
      const [low, high] = [index, index + 1].map((edge) => Math.floor((edge * hashRange) / shards));
      this.#open([], low ?? 0, high ?? 0);
    }
  }

  get open(): readonly Shard[] {
    return this.shards.filter(({ closed }) => !closed);
  }

  /** Puts a record into the open shard that its hash key lies in. */
  put(hash: number, payload: Payload, arrivalMs: number, gap: number): Shard {
    const shard = this.shards.find((one) => !one.closed && one.low <= hash && hash < one.high);
    if (!shard) throw new Error(`no open shard of ${this.name} takes hash key ${hash}`);
    this.#sequence += gap;
    const data = new Uint8Array(4);
    new DataView(data.buffer).setUint32(0, this.#payloads.length);
    this.#payloads.push(payload);
    shard.records.push({ sequenceNumber: String(this.#sequence), data, arrivalMs, payload });
    return shard;
  }

  /** Merges a shard with its left neighbour. */
  merge(left: Shard, right: Shard): void {
    left.closed = true;
    right.closed = true;
    this.#open([left.id, right.id], left.low, right.high);
  }

  split(shard: Shard): void {
    const middle = (shard.low + shard.high) >> 1;
    shard.closed = true;
    this.#open([shard.id], shard.low, middle);
    this.#open([shard.id], middle, shard.high);
  }

  list(): readonly ListedShard[] {
    return this.shards.map(({ id, parents, closed }) => ({ shard: id, parents, closed }));
  }

  find(id: string): Shard {
    const shard = this.shards.find((one) => one.id === id);
    if (!shard) throw new Error(`stream ${this.name} has no shard ${id}`);
    return shard;
  }

  #open(parents: readonly string[], low: number, high: number): void {
    const id = `${this.name}-${this.shards.length}`;
    this.shards.push({ id, parents, low, high, closed: false, records: [] });
  }
}

/** The index of the first record after a sequence number. */
export function indexAfter(shard: Shard, sequenceNumber: string | undefined): number {
  if (sequenceNumber === undefined) return 0;
  const last = Number(sequenceNumber);
  const index = shard.records.findIndex((record) => Number(record.sequenceNumber) > last);
  return index < 0 ? shard.records.length : index;
}
