import type { Random } from '../../shared/random/random.ts';
import type { Emission, Job } from '../../shared/stream/job.ts';
import type { EngineParts } from '../../shared/stream/parts.ts';
import type { ListedShard, ShardReader } from '../../shared/stream/shard-reader.ts';
import { unpackJobRow } from '../../shared/stream/state/control.ts';
import { jobKey, outboxSk } from '../../shared/stream/state/layout.ts';
import type { Audit } from './audit.ts';
import type { Plan, StreamName } from './plan.ts';
import { type Faults, SimulatedStore, type SimulatedTable } from './simulated-store.ts';
import {
  indexAfter,
  type Payload,
  type SimulatedEvent,
  type SimulatedStream,
} from './simulated-stream.ts';
import type { Process, VirtualClock } from './virtual-clock.ts';

/** Parts of the world itself that a proof may break; the engine is broken by patches. */
export type WorldFault =
  /** Two batches of one shard are on their way at once, split by hash key. */
  | 'parallelization-factor'
  /** The capture sends a tick in one request with the data before it. */
  | 'tick-with-data';

/** An event that was put, with what the oracle must know of it. */
export interface Produced {
  readonly event: SimulatedEvent;
  /** It came within the bound of out-of-orderness. */
  readonly inTime: boolean;
}

/** Everything that one history is made of, and what its processes share. */
export class World {
  readonly plan: Plan;
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly job: Job<SimulatedEvent>;
  readonly payloads: Payload[];
  readonly streams: ReadonlyMap<StreamName, SimulatedStream>;
  readonly table: SimulatedTable;
  readonly audit: Audit;
  readonly produced: Produced[] = [];
  readonly published = new Map<string, Emission>();
  readonly violations: string[] = [];
  readonly fault: WorldFault | undefined;
  /** Place in the log up to which the capture knows that all was taken. */
  captured = 0;
  /** No more comes from the sources. */
  isDry = false;
  isFaulty = true;
  /** Instances started so far. */
  instances = 0;
  readonly #journal: string[] | undefined;

  constructor(
    given: Pick<
      World,
      'plan' | 'random' | 'clock' | 'job' | 'payloads' | 'streams' | 'table' | 'audit' | 'fault'
    >,
    journal: string[] | undefined,
  ) {
    this.plan = given.plan;
    this.random = given.random;
    this.clock = given.clock;
    this.job = given.job;
    this.payloads = given.payloads;
    this.streams = given.streams;
    this.table = given.table;
    this.audit = given.audit;
    this.fault = given.fault;
    this.#journal = journal;
  }

  get nowMs(): number {
    return this.clock.now * this.plan.unitMs;
  }

  /** Up to here all is final, as far as the job's row says. */
  get doneMs(): number {
    const row = this.table.get(jobKey(this.job));
    return row ? unpackJobRow(row).doneMs : Number.MIN_SAFE_INTEGER;
  }

  note(who: string, text: () => string): void {
    this.#journal?.push(`${String(this.clock.now).padStart(6)}  ${who.padEnd(18)} ${text()}`);
  }

  readonly violation = (what: string): void => {
    this.note('VIOLATION', () => what);
    this.violations.push(what);
    // The history has failed: what follows from it says little.
    this.clock.isStopped = true;
  };

  sleep(process: Process, unitsMin: number, unitsMax: number): Promise<void> {
    return this.clock.sleep(process, this.random.integer(unitsMin, unitsMax));
  }

  stream(name: string): SimulatedStream {
    for (const stream of this.streams.values()) if (stream.name === name) return stream;
    throw new Error(`there is no stream ${name}`);
  }

  put(stream: SimulatedStream, hash: number, payload: Payload, who: string): void {
    const shard = stream.put(hash, payload, this.nowMs, this.random.integer(1, 9));
    this.note(
      who,
      () => `puts ${describe(payload)} as ${shard.records.at(-1)?.sequenceNumber} into ${shard.id}`,
    );
  }

  /** What a process that dies or stalls does not do any more: it may be told to the world again. */
  publish(emissions: readonly Emission[]): void {
    for (const emission of emissions) {
      const name = outboxSk(emission);
      const before = this.published.get(name);
      if (!before) this.published.set(name, emission);
      else if (JSON.stringify(before) !== JSON.stringify(emission)) {
        this.violation(`emission ${name} was told twice, with different content`);
      }
    }
  }

  /** The engine's parts as one process has them. */
  parts(process: Process): EngineParts {
    const wait = () => this.clock.sleep(process, this.#latency());
    return {
      store: new SimulatedStore(this.table, this.#faultsOf(process, wait), this.audit),
      shards: this.#reader(wait),
      now: () => this.nowMs,
      backOff: (attempt) => this.sleep(process, 1, 4 * attempt),
    };
  }

  #faultsOf(process: Process, wait: () => Promise<void>): Faults {
    const { plan, random } = this;
    return {
      wait,
      waitWithin: () => this.#waitWithin(process, wait),
      isLost: () => this.isFaulty && random.chance(plan.faults),
      isConflict: () => this.isFaulty && random.chance(plan.conflicts),
      isMissed: () => random.chance(0.3),
      note: (text) => this.note(process.name, text),
    };
  }

  #waitWithin(process: Process, wait: () => Promise<void>): Promise<void> | undefined {
    const { plan, random } = this;
    if (!this.isFaulty) return undefined;
    if (random.chance(plan.scanPauses)) return this.sleep(process, 0, plan.pause);
    return random.chance(0.2) ? wait() : undefined;
  }

  #latency(): number {
    const { latency, pauses, pause } = this.plan;
    if (!this.isFaulty) return 1;
    return this.random.integer(0, this.random.chance(pauses) ? pause : latency);
  }

  /** Listings may be some time old, as those of an instance that keeps them are. */
  #reader(wait: () => Promise<void>): ShardReader {
    const kept = new Map<
      string,
      { readonly at: number; readonly shards: readonly ListedShard[] }
    >();
    return {
      list: async (name, including) => {
        const known = kept.get(name);
        const isFresh = known && this.clock.now - known.at < this.plan.listingAge && this.isFaulty;
        if (isFresh && (!including || known.shards.some(({ shard }) => shard === including))) {
          return known.shards;
        }
        await wait();
        const shards = this.stream(name).list();
        kept.set(name, { at: this.clock.now, shards });
        return shards;
      },
      isReadToEnd: async (name, id, sequenceNumber) => {
        await wait();
        const shard = this.stream(name).find(id);
        return shard.closed && indexAfter(shard, sequenceNumber) === shard.records.length;
      },
      read: async (name, id, after, fromMs) => {
        await wait();
        const { records } = this.stream(name).find(id);
        const first =
          after === undefined && fromMs !== undefined
            ? records.findIndex(({ arrivalMs }) => arrivalMs >= fromMs)
            : indexAfter(this.stream(name).find(id), after);
        // Kinesis may answer with few records, or with none, though more lie behind.
        const page = records.slice(first, first + this.random.integer(0, this.plan.batch));
        return { records: page, atTip: first + page.length >= records.length };
      },
    };
  }
}

function describe(payload: Payload): string {
  switch (payload.kind) {
    case 'event': {
      const { id, timeMs, key, amount, hostile, fromFuture } = payload.event;
      const how = hostile ? ' hostile' : fromFuture ? ' from the future' : '';
      return `event ${id} of ${timeMs} ms, key ${key}, ${amount}${how}`;
    }
    case 'tick':
      return `tick ${payload.atMs} ms`;
    case 'load':
      return `load of ${payload.id}`;
    case 'poison':
      return 'poison';
  }
}
