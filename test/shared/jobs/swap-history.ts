import { Readable } from 'node:stream';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { reportRun } from '../../../cli/jobs/run-report.ts';
import { changeGenerations, madeLive, readGenerations } from '../../../shared/jobs/generations.ts';
import { JobLine } from '../../../shared/jobs/job-line.ts';
import { Publisher } from '../../../shared/jobs/publisher.ts';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import type { Job } from '../../../shared/stream/job.ts';
import type { StreamRecord } from '../../../shared/stream/record.ts';
import type { ShardReader } from '../../../shared/stream/shard-reader.ts';
import { beginInPast, setJobStatus } from '../../../shared/stream/state/operate.ts';
import type { StateStore, Write } from '../../../shared/stream/state-store.ts';
import { telemetry } from '../../../shared/telemetry/telemetry.ts';
import { DyingStore, KilledError } from '../../fixtures/dying-store.ts';
import { StoreInTurns } from '../../fixtures/store-in-turns.ts';
import type { Sale } from './job-rig.ts';

const shards = ['shard-a', 'shard-b'] as const;
type Shard = (typeof shards)[number];

/** What was published, in its order. */
export interface Told {
  readonly id: string;
  readonly type: string;
  readonly generation: number;
  readonly revision: number;
  readonly data: unknown;
  readonly window?: { readonly startMs: number };
}

/** What was sold, and what the world was told, in a history with swaps. */
export interface SwapHistory {
  readonly job: Job<Sale>;
  readonly store: StateStore;
  readonly sales: readonly Sale[];
  readonly told: readonly Told[];
  /** How many sales there were when the second generation stood beside the first. */
  readonly salesBefore: number;
  readonly swaps: number;
  readonly kills: number;
  /** What kept batches from being taken, other than death. */
  readonly errors: readonly unknown[];
}

/** How bad the days are. */
export interface SwapPlan {
  readonly killShare: number;
  /** The share of batches in which something happens to the generations. */
  readonly swapShare: number;
}

/** An instance of the function; nobody else uses it while it works. */
interface Instance {
  readonly line: JobLine<Sale>;
  isDead(): boolean;
}

const putRecords = z.object({ Records: z.array(z.object({ Data: z.string() })) });

/** A job in two generations, taken by instances that die, and swapped to and fro. */
export class SwapWorld {
  readonly #random: Random;
  readonly #job: Job<Sale>;
  readonly #plan: SwapPlan;
  readonly #store = new MemoryStore();
  readonly #log = new Map<Shard, StreamRecord[]>(shards.map((shard) => [shard, []]));
  readonly #taken = new Map<Shard, number>(shards.map((shard) => [shard, 0]));
  readonly #sales: Sale[] = [];
  readonly #told: Told[] = [];
  readonly #warm: Instance[] = [];
  readonly #errors: unknown[] = [];
  #nowMs = 100_000;
  #isCalm = false;
  /** The generation that cannot write for a while, or that takes records and cannot tell results. */
  #ailing: { readonly generation: number; readonly tells: boolean } | undefined;
  #sequence = 10_000;
  #salesBefore = 0;
  #swaps = 0;
  #kills = 0;

  constructor(seed: number, job: Job<Sale>, plan: SwapPlan) {
    this.#random = createRandom(seed * 7919);
    this.#job = job;
    this.#plan = plan;
  }

  async run(): Promise<SwapHistory> {
    await this.#days(6, 0);
    await this.#beginBeside(2);
    await this.#days(4, 0);
    await this.#calm(2);
    this.#salesBefore = this.#sales.length;
    await this.#days(30, this.#plan.swapShare);
    await this.#calm(4);
    return {
      job: this.#job,
      store: this.#store,
      sales: this.#sales,
      told: this.#told,
      salesBefore: this.#salesBefore,
      swaps: this.#swaps,
      kills: this.#kills,
      errors: this.#errors,
    };
  }

  /** Batches of all shards at once, each by another instance, and whatever else there is to do. */
  async #days(rounds: number, swapShare: number): Promise<void> {
    const random = this.#random;
    const dies = swapShare > 0;
    for (let round = 0; round < rounds; round += 1) {
      this.#nowMs += random.integer(50, 700);
      if (dies && random.chance(0.3)) {
        const isAiling = random.chance(0.6);
        const generation = random.pick([1, 2]);
        this.#ailing = isAiling ? { generation, tells: random.chance(0.4) } : undefined;
      }
      const work: Promise<void>[] = [];
      for (const shard of shards) {
        if (random.chance(0.8)) this.#sell(shard);
        work.push(this.#deliver(shard, dies));
      }
      if (random.chance(swapShare)) work.push(this.#swap());
      if (random.chance(0.1)) work.push(this.#sweep(dies));
      await Promise.all(work);
    }
  }

  async #calm(rounds: number): Promise<void> {
    this.#isCalm = true;
    this.#ailing = undefined;
    for (let round = 0; round < rounds; round += 1) {
      this.#nowMs += 2_500;
      for (const shard of shards) {
        this.#put(shard, { tick: this.#nowMs });
        while (this.#isLeft(shard)) await this.#deliver(shard, false);
      }
      await this.#sweep(false);
    }
    for (const { line } of this.#warm) {
      this.#nowMs += 1_000;
      await line.sweep();
    }
    this.#isCalm = false;
  }

  #sell(shard: Shard): void {
    for (let index = this.#random.integer(0, 3); index > 0; index -= 1) {
      const atMs = this.#nowMs - this.#random.integer(0, 20);
      const sale = { id: `s${this.#sales.length}`, atMs, cents: this.#random.integer(0, 200) };
      this.#sales.push(sale);
      this.#put(shard, sale);
    }
    this.#put(shard, { tick: this.#nowMs });
  }

  #put(shard: Shard, value: object): void {
    this.#sequence += this.#random.integer(1, 3);
    const data = Buffer.from(JSON.stringify(value));
    const sequenceNumber = String(this.#sequence);
    this.#log.get(shard)?.push({ sequenceNumber, data, arrivalMs: this.#nowMs });
  }

  #isLeft(shard: Shard): boolean {
    return (this.#taken.get(shard) ?? 0) < (this.#log.get(shard)?.length ?? 0);
  }

  /** One batch, once: a mapping brings it again with the next round when it was not taken. */
  async #deliver(shard: Shard, dies: boolean): Promise<void> {
    const from = this.#taken.get(shard) ?? 0;
    const records = this.#log.get(shard)?.slice(from, from + this.#random.integer(1, 6)) ?? [];
    if (records.length === 0) return;
    await this.#use(dies, async (line) => {
      await line.take({ stream: 'sales', shard }, records);
      this.#taken.set(shard, from + records.length);
    });
  }

  #sweep(dies: boolean): Promise<void> {
    return this.#use(dies, (line) => line.sweep());
  }

  async #use(dies: boolean, work: (line: JobLine<Sale>) => Promise<void>): Promise<void> {
    const instance = this.#instance(dies);
    try {
      await work(instance.line);
    } catch (error) {
      if (!instance.isDead()) this.#errors.push(error);
    }
    if (!instance.isDead()) this.#warm.push(instance);
  }

  async #beginBeside(generation: number): Promise<void> {
    const run = { name: this.#job.name, generation };
    const beginning = { fromMs: undefined, status: 'stopped' } as const;
    await beginInPast(this.#store, run, beginning, this.#nowMs);
    await changeGenerations(this.#store, this.#job, (current) => ({
      ...current,
      shadows: [...current.shadows, generation],
      highest: generation,
    }));
    this.#nowMs += 2_500;
    await setJobStatus(this.#store, run, { status: 'running' }, this.#nowMs);
    this.#nowMs += 1_000;
  }

  /** As `replay --swap` does it: one that is behind cannot become live. */
  async #swap(): Promise<void> {
    await this.#idle();
    const { shadows } = await readGenerations(this.#store, this.#job);
    const [generation = 0] = shadows;
    const { name } = this.#job;
    const { shardsBehind } = await reportRun(this.#store, { name, generation }, 'beside', 0);
    if (shardsBehind > 0) return;
    await changeGenerations(this.#store, this.#job, (current) => madeLive(current, generation));
    this.#swaps += 1;
  }

  async #idle(): Promise<void> {
    for (let turns = this.#random.integer(0, 60); turns > 0; turns -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A warm instance, or a cold one; nobody else uses it meanwhile. */
  #instance(dies: boolean): Instance {
    const willDie = dies && this.#random.chance(this.#plan.killShare);
    if (!willDie && this.#warm.length > 0 && this.#random.chance(0.9)) {
      const [warm] = this.#warm.splice(this.#random.integer(0, this.#warm.length - 1), 1);
      if (warm) return warm;
    }
    const deathCall = willDie ? this.#random.integer(3, 60) : Number.POSITIVE_INFINITY;
    let isDead = false;
    const death = (call: number): boolean => {
      isDead = call >= deathCall && !this.#isCalm;
      if (isDead) this.#kills += 1;
      return isDead;
    };
    const dying = new DyingStore(this.#store, death, this.#random.chance(0.5));
    const turns = (): number => this.#random.integer(0, 3);
    const store = new StoreInTurns(dying, turns, (writes) => this.#isRefused(writes));
    const now = (): number => this.#nowMs;
    const wait = { sleep: async () => {}, random: () => 0 };
    const publisher = new Publisher(
      this.#kinesis(() => isDead),
      'insights',
      store,
      wait,
    );
    const line = new JobLine(this.#job, {
      ...{ store, now, publisher, shards: this.#shards(), telemetry: telemetry('test') },
      sleep: async () => {},
      backOff: () => this.#idle(),
      patience: { failures: 1_000, forMs: 1_000_000 },
      deadLetters: { client: new SQSClient({ region: 'us-east-1' }), queueUrl: 'none' },
    });
    return { line, isDead: () => isDead };
  }

  #isRefused(writes: readonly Write[]): boolean {
    if (!this.#ailing) return false;
    const { generation, tells } = this.#ailing;
    const run = `${this.#job.name}#${generation}`;
    return writes.some(({ key: { pk, sk } }) =>
      tells ? pk === `J#${run}` && sk !== 'JOB' : pk === run,
    );
  }

  #shards(): ShardReader {
    const log = (shard: string) => this.#log.get(shard === 'shard-a' ? 'shard-a' : 'shard-b') ?? [];
    return {
      list: async () => shards.map((shard) => ({ shard, parents: [], closed: false })),
      isReadToEnd: async () => false,
      read: async (_stream, shard, after) => {
        const records = log(shard).filter(
          ({ sequenceNumber }) => after === undefined || Number(sequenceNumber) > Number(after),
        );
        return { records: records.slice(0, 5), atTip: records.length <= 5 };
      },
    };
  }

  /** A client whose stream lies here. */
  #kinesis(isDead: () => boolean): KinesisClient {
    const handle = async ({ body }: { body?: unknown }) => {
      if (isDead()) throw new KilledError('Cannot go on: the process was killed');
      const { Records } = putRecords.parse(
        JSON.parse(Buffer.from(z.instanceof(Uint8Array).or(z.string()).parse(body)).toString()),
      );
      for (const { Data } of Records) {
        this.#told.push(JSON.parse(Buffer.from(Data, 'base64').toString()));
      }
      const stored = Records.map((_, index) => ({ SequenceNumber: String(index), ShardId: 's' }));
      const answer = JSON.stringify({ FailedRecordCount: 0, Records: stored });
      const headers = { 'content-type': 'application/x-amz-json-1.1' };
      return { response: { statusCode: 200, headers, body: Readable.from([Buffer.from(answer)]) } };
    };
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new KinesisClient({
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
      requestHandler: { handle },
    });
  }
}
