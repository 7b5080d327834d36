import { localAccountId, localRegion } from '../service.ts';
import { hashKeyOf } from './hash-key.ts';
import { partitionPoint } from './partition-point.ts';
import { type NewRecord, Shard } from './shard.ts';
import type { ShardLog } from './shard-log.ts';
import type { ShardState, StreamState } from './stream-state.ts';

export interface PutEntry extends NewRecord {
  readonly explicitHashKey: bigint | undefined;
}

/** Where a record went, or why it did not. */
export type PutOutcome =
  | { readonly shardId: string; readonly sequenceNumber: string }
  | { readonly code: string; readonly message: string };

const hourMs = 3_600_000;

/** One stream: routes records to its open shards and tells listeners of new ones. */
export class Stream {
  readonly arn: string;
  readonly #openLog: (shard: ShardState) => ShardLog;
  readonly #enforceLimits: boolean;
  readonly #warn: (message: string) => void;
  readonly #listeners = new Set<() => void>();
  #state: StreamState;
  #shards: readonly Shard[] = [];
  /** The open ones by the hash keys they take. */
  #byHashKey: readonly Shard[] = [];

  constructor(options: {
    readonly state: StreamState;
    readonly stampMs: number;
    readonly openLog: (shard: ShardState) => ShardLog;
    readonly enforceLimits: boolean;
    readonly warn: (message: string) => void;
  }) {
    this.#openLog = options.openLog;
    this.#enforceLimits = options.enforceLimits;
    this.#warn = options.warn;
    this.#state = options.state;
    this.arn = streamArn(options.state.name);
    this.become(options.state, options.stampMs);
  }

  get name(): string {
    return this.#state.name;
  }

  get state(): StreamState {
    return this.#state;
  }

  get shards(): readonly Shard[] {
    return this.#shards;
  }

  shard(shardId: string): Shard | undefined {
    return this.#shards.find(({ id }) => id === shardId);
  }

  /** The time before which records are not given out any more. */
  trimHorizonMs(nowMs: number): number {
    return nowMs - this.#state.retentionHours * hourMs;
  }

  /**
   * Takes over a new state: opens logs of new shards, closes those that are in it no more.
   *
   * @param stampMs the newest stamp drawn.
   * @returns the shards that have left.
   */
  become(state: StreamState, stampMs: number): readonly Shard[] {
    const before = new Map(this.#shards.map((shard) => [shard.state.index, shard]));
    const shards = state.shards.map((shardState) => {
      const known = before.get(shardState.index);
      before.delete(shardState.index);
      if (known === undefined) return new Shard(shardState, stampMs, this.#openLog(shardState));
      known.become(shardState);
      return known;
    });
    this.#state = state;
    this.#shards = shards;
    this.#byHashKey = shards
      .filter(({ isClosed }) => !isClosed)
      .sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
    // Readers learn of new and ended shards as they learn of records.
    this.#tellListeners();
    return [...before.values()];
  }

  /** Puts records, each into the shard of its key; the order within a shard is theirs. */
  put(entries: readonly PutEntry[], nowMs: number): PutOutcome[] {
    const outcomes: PutOutcome[] = [];
    const byShard = new Map<Shard, { entries: PutEntry[]; positions: number[] }>();
    for (const [position, entry] of entries.entries()) {
      const shard = this.#shardFor(entry);
      const bytes = entry.data.length + Buffer.byteLength(entry.partitionKey);
      if (this.#enforceLimits && !shard.limits.admit(bytes, nowMs)) {
        outcomes[position] = rateExceeded(shard.id, this.name);
        continue;
      }
      const group = byShard.get(shard) ?? { entries: [], positions: [] };
      byShard.set(shard, group);
      group.entries.push(entry);
      group.positions.push(position);
    }
    for (const [shard, group] of byShard) {
      const placed = this.#putInto(shard, group.entries, nowMs);
      for (const [index, position] of group.positions.entries()) {
        outcomes[position] = placed[index] ?? internalFailure;
      }
    }
    this.#tellListeners();
    return outcomes;
  }

  onPut(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #putInto(shard: Shard, entries: readonly NewRecord[], nowMs: number): PutOutcome[] {
    try {
      const numbers = shard.put(entries, nowMs);
      return numbers.map((sequenceNumber) => ({ shardId: shard.id, sequenceNumber }));
    } catch (error) {
      // As on AWS a shard that fails refuses its records; the others have taken theirs.
      this.#warn(`stream ${this.name}, ${shard.id} refused ${entries.length} records: ${error}`);
      return entries.map(() => internalFailure);
    }
  }

  #shardFor({ partitionKey, explicitHashKey }: PutEntry): Shard {
    const hashKey = explicitHashKey ?? hashKeyOf(partitionKey);
    const above = partitionPoint(this.#byHashKey, ({ range }) => range.start <= hashKey);
    const shard = this.#byHashKey[above - 1];
    if (shard === undefined) {
      throw new Error(`Cannot route record: no open shard takes its hash key: received ${hashKey}`);
    }
    return shard;
  }

  /** The records are in; a listener that fails does not change that. */
  #tellListeners(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#warn(`a reader of stream ${this.name} failed when it was woken: ${error}`);
      }
    }
  }
}

export function streamArn(name: string): string {
  return `arn:aws:kinesis:${localRegion}:${localAccountId}:stream/${name}`;
}

const internalFailure: PutOutcome = {
  code: 'InternalFailure',
  message: 'Internal service failure.',
};

function rateExceeded(shardId: string, streamName: string): PutOutcome {
  return {
    code: 'ProvisionedThroughputExceededException',
    message: `Rate exceeded for shard ${shardId} in stream ${streamName} under account ${localAccountId}.`,
  };
}
