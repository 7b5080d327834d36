import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SimulatedEvent } from '../../../cli/simulate-faults/simulated-stream.ts';
import type { World } from '../../../cli/simulate-faults/world.ts';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import { DynamoDbStore } from '../../../shared/state/dynamodb-store.ts';
import { Closer } from '../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import { CodecError } from '../../../shared/stream/errors.ts';
import type { EngineParts } from '../../../shared/stream/parts.ts';
import { type Death, DyingHandler } from './dying-handler.ts';
import { type HistoryName, putHistory } from './put-history.ts';
import { RevealedStreams } from './revealed-streams.ts';

/** What an engine process is told in its one argument, as JSON. */
export interface EngineOrder {
  readonly history: HistoryName;
  readonly endpoint: string;
  readonly tables: { readonly state: string; readonly results: string };
  readonly seed: number;
  readonly death: Death | undefined;
}

const failuresInARowMax = 400;
const batchMax = 30;

/** Reads a history from its beginning, in steps of its own, while others may do the same. */
class Engine {
  readonly #world: World;
  readonly #random: Random;
  readonly #streams: RevealedStreams;
  readonly #parts: EngineParts;
  readonly #committers = new Map<string, ShardCommitter<SimulatedEvent>>();
  /** How many records of each shard the poller takes for done. */
  readonly #positions = new Map<string, number>();
  #closer: Closer<SimulatedEvent>;
  #failures = 0;

  constructor(world: World, { endpoint, tables, seed, death }: EngineOrder) {
    this.#world = world;
    this.#random = createRandom(seed);
    this.#streams = new RevealedStreams(world.streams.values());
    const client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: new DyingHandler(death),
    });
    this.#parts = {
      store: new DynamoDbStore(client, tables),
      shards: this.#streams,
      now: Date.now,
      backOff: (attempt) => pause(this.#random.integer(0, Math.min(40, 4 * attempt))),
    };
    this.#closer = new Closer(world.job, this.#parts);
  }

  async run(): Promise<void> {
    for (;;) {
      const waiting = this.#streams
        .arrived()
        .filter(({ shard, records }) => this.#positionOf(shard) < records.length);
      if (waiting.length > 0) {
        if (this.#random.chance(0.1)) await this.#attempt(() => this.#close());
        else await this.#attempt(() => this.#deliver(this.#random.pick(waiting)));
      } else if (this.#streams.isAtEnd) {
        break;
      } else {
        this.#streams.advance(this.#random.integer(1, 80));
      }
    }
    for (let left = 3; left > 0; ) {
      await this.#attempt(async () => {
        await this.#closer.close();
        left -= 1;
      });
    }
  }

  async #deliver({ stream, shard, records }: ReturnType<RevealedStreams['arrived']>[number]) {
    const from = this.#positionOf(shard);
    const until = Math.min(records.length, from + this.#random.integer(1, batchMax));
    const batch = records.slice(from, until);
    const source = this.#world.job.sources.find((one) => one.stream === stream);
    const isCold = this.#random.chance(0.1);
    const known = this.#committers.get(shard);
    const committer =
      known && !isCold
        ? known
        : new ShardCommitter(this.#world.job, { stream, shard }, this.#parts);
    this.#committers.set(shard, committer);
    await committer.commit(batch, source?.decode(batch) ?? []);
    const isCheckpointLost = this.#random.chance(0.1);
    this.#positions.set(shard, isCheckpointLost ? this.#random.integer(0, until) : until);
  }

  async #close(): Promise<void> {
    if (this.#random.chance(0.2)) this.#closer = new Closer(this.#world.job, this.#parts);
    const isPreview = this.#world.plan.preliminary && this.#random.chance(0.3);
    const { doneMs } = await (isPreview ? this.#closer.preview() : this.#closer.close());
    for (const committer of this.#committers.values()) committer.forget(doneMs);
  }

  /** What failed is delivered again, as a poller does: the database may just be starting. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (isOfTheEngine(error) || this.#failures > failuresInARowMax) throw error;
      await pause(this.#random.integer(1, 50));
    }
  }

  #positionOf(shard: string): number {
    return this.#positions.get(shard) ?? 0;
  }
}

/** Delivering the same again will not help. */
function isOfTheEngine(error: unknown): boolean {
  const isRefusedForGood = error instanceof Error && error.name === 'ValidationException';
  const isBug = error instanceof RangeError || error instanceof TypeError;
  return isRefusedForGood || isBug || error instanceof CodecError;
}

// Who started it is gone.
process.once('disconnect', () => process.exit(1));
const order: EngineOrder = JSON.parse(process.argv[2] ?? '');
await new Engine(await putHistory(order.history), order).run();
// Connections that are kept open would keep the process.
process.exit();
