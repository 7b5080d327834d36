import { createRandom, type Random } from '../../shared/random/random.ts';
import { MemoryStore } from '../../shared/state/memory-store.ts';
import { Closer } from '../../shared/stream/close.ts';
import { ShardCommitter } from '../../shared/stream/commit.ts';
import { textOf } from '../../shared/stream/control.ts';
import { NotYetError } from '../../shared/stream/errors.ts';
import type { Emission, Job } from '../../shared/stream/job.ts';
import type { ListedShard, ShardReader } from '../../shared/stream/shard-reader.ts';
import type { SideRecord } from '../../shared/stream/slice.ts';
import type { DecodedRecord } from '../../shared/stream/source.ts';
import { FaultyStore } from './faulty-store.ts';
import { boundMs, everySaleRule, type Sale, salesJob } from './sales-jobs.ts';
import { Scheduler } from './scheduler.ts';

type Put = { readonly sequenceNumber: string } & (
  | { readonly sale: Sale }
  | { readonly tickMs: number }
  | { readonly poison: true }
);

interface Shard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly low: number;
  readonly high: number;
  closed: boolean;
  readonly records: Put[];
}

/** An instance of the function: what it remembers lives as long as it does. */
interface Invocation {
  readonly task: number;
  readonly committer: ShardCommitter<Sale>;
}

/** Far more than any history needs. */
const stepsMax = 100_000;

/**
 * One history: shoppers put sales and a clock puts ticks into shards that split and merge, pollers
 * bring them in batches that are cut, repeated, brought twice and killed, closers come and die.
 * Everything is drawn from the seed.
 */
export class World {
  readonly random: Random;
  readonly sales: Sale[] = [];
  readonly store = new MemoryStore();
  readonly published: Emission[] = [];
  readonly job: Job<Sale>;
  readonly #scheduler: Scheduler;
  readonly #shards: Shard[] = [];
  readonly #running = new Set<Promise<unknown>>();
  readonly #faults: number;
  #poisoned = 0;
  #sequence = 1000;
  #clockMs = 100;
  #tasks = 0;
  #faulty = true;
  #closing = 0;
  #idleCloser: { readonly task: number; readonly closer: Closer<Sale> } | undefined;

  constructor(seed: number, kind: 'windowed' | 'rule') {
    this.random = createRandom(seed);
    this.#scheduler = new Scheduler(this.random);
    this.#faults = this.random.pick([0, 0.02, 0.08]);
    this.job = kind === 'windowed' ? salesJob() : everySaleRule();
    const shards = this.random.integer(1, 3);
    for (let index = 0; index < shards; index += 1) {
      this.#open([], Math.floor((index * 60) / shards), Math.floor(((index + 1) * 60) / shards));
    }
  }

  /** Runs the history to its end: all delivered, all windows closed by last ticks. */
  async run(): Promise<void> {
    let isProducing = true;
    const closers = this.random.pick([0.02, 0.1]);
    const pollers = new Set<string>();
    const produced = this.#produce().then(() => {
      isProducing = false;
    });
    for (let steps = 0; ; steps += 1) {
      if (steps > stepsMax)
        throw new Error(
          `the history makes no progress: ${this.sales.length} sales, producing ${isProducing}, running ${this.#running.size}, ${JSON.stringify(this.#shards.map((s) => [s.id, s.closed, s.records.length]))}`,
        );
      for (const shard of this.#shards) {
        if (pollers.has(shard.id)) continue;
        pollers.add(shard.id);
        this.#start(this.#poll(shard, () => isProducing));
      }
      if (this.#closing < 3 && this.random.chance(closers)) this.#startCloser();
      const went = await this.#scheduler.step();
      if (!went && !isProducing && this.#running.size === 0) break;
    }
    await produced;
    this.#faulty = false;
    for (let round = 0; round < 2; round += 1) {
      const close = new Closer(this.job, this.#parts(-1)).close();
      await this.#driveTo(close);
    }
  }

  /** Sales that a record was put for but that are in no delta: the side output of late events. */
  async lateIds(): Promise<string[]> {
    const rows = await this.store.query(
      { table: 'state', pk: `S#${this.job.name}#1#late` },
      { from: ' ', to: '~' },
    );
    return rows.flatMap((row) => {
      const records: SideRecord[] = JSON.parse(textOf(row, 'records'));
      return records.map(({ data }) => Buffer.from(data, 'base64').toString());
    });
  }

  /** Sequence numbers in quarantine, and how many poisonous records were put. */
  async quarantine(): Promise<{ readonly found: string[]; readonly put: number }> {
    const rows = await this.store.query(
      { table: 'state', pk: `Q#${this.job.name}#1` },
      { from: ' ', to: '~' },
    );
    const found = rows.flatMap((row) => {
      const records: SideRecord[] = JSON.parse(textOf(row, 'records'));
      return records.map(({ sequenceNumber }) => sequenceNumber);
    });
    return { found, put: this.#poisoned };
  }

  async #produce(): Promise<void> {
    const { random } = this;
    const task = this.#newTask();
    const again: Sale[] = [];
    let reshards = random.pick([0, 1, 3]);
    const total = random.pick([20, 50]);
    while (this.sales.length < total) {
      for (let pause = random.integer(0, 7); pause >= 0; pause -= 1)
        await this.#scheduler.turn(task);
      this.#clockMs += random.pick([0, 1, 2, 3]);
      const isTardy = random.chance(0.1);
      const timeMs =
        this.#clockMs - random.integer(0, boundMs - 1) - (isTardy ? random.integer(0, 39) : 0);
      const inTime = timeMs >= this.#clockMs - boundMs;
      const id = `s${this.sales.length}`;
      const sale = { id, timeMs, cents: random.integer(1, 900), inTime };
      this.sales.push(sale);
      this.#put(keyOf(sale), { sale });
      if (random.chance(0.1)) again.push(sale);
      if (again.length > 0 && random.chance(0.3)) {
        const copy = again.splice(random.integer(0, again.length - 1), 1)[0];
        if (copy) this.#put(keyOf(copy), { sale: copy });
      }
      if (random.chance(0.05)) {
        this.#put(random.integer(0, 59), { poison: true });
        this.#poisoned += 1;
      }
      if (random.chance(0.3)) this.#tick(this.#clockMs);
      if (reshards > 0 && random.chance(0.08)) {
        reshards -= 1;
        this.#reshard();
      }
    }
    for (const ahead of [1000, 2000]) this.#tick(this.#clockMs + ahead);
  }

  async #poll(shard: Shard, isProducing: () => boolean): Promise<void> {
    const { random } = this;
    const task = this.#newTask();
    let position = 0;
    let warm: Invocation | undefined;
    // Some shards lag far behind the others.
    const pause = random.pick([0, 0, 40, 200]);
    for (;;) {
      for (let left = random.integer(0, pause); left >= 0; left -= 1) {
        await this.#scheduler.turn(task);
      }
      if (position >= shard.records.length) {
        if (!isProducing()) return;
        continue;
      }
      const batch = shard.records.slice(position, position + random.integer(1, 9));
      // An instance that has just finished may be used again, with all it remembers.
      const invocation: Invocation = warm ?? this.#newInvocation(shard.id);
      warm = undefined;
      const attempt: { outcome: 'running' | 'done' | 'failed' } = { outcome: 'running' };
      const commit = invocation.committer
        .commit(batch.map(toDecoded))
        .then((report) => {
          this.published.push(...report.emissions);
          attempt.outcome = 'done';
        })
        .catch((error: unknown) => {
          if (!(error instanceof NotYetError) && !isInjected(error)) throw error;
          attempt.outcome = 'failed';
        });
      const fate = random.next();
      let patience = random.integer(1, 40);
      while (attempt.outcome === 'running' && (fate > 0.2 || patience > 0)) {
        patience -= 1;
        await this.#scheduler.turn(task);
      }
      if (attempt.outcome === 'done') {
        position += batch.length;
        if (random.chance(0.7)) warm = invocation;
        if (random.chance(0.1)) position = Math.max(0, position - random.integer(0, 11));
      } else if (attempt.outcome === 'running') {
        // The poller gave up. Either the process was killed, or it runs on as a zombie.
        if (fate < 0.1) this.#scheduler.kill(invocation.task);
        else this.#start(commit);
      }
    }
  }

  #newInvocation(shard: string): Invocation {
    const task = this.#newTask();
    const from = { stream: 'sales', shard };
    return { task, committer: new ShardCommitter(this.job, from, this.#parts(task)) };
  }

  #startCloser(): void {
    const warm = this.#idleCloser;
    this.#idleCloser = undefined;
    const task = warm?.task ?? this.#newTask();
    const closer = warm?.closer ?? new Closer(this.job, this.#parts(task));
    const run = { ended: false };
    this.#closing += 1;
    const end = () => {
      run.ended = true;
      this.#closing -= 1;
    };
    const close = (this.random.chance(0.3) ? closer.preview() : closer.close())
      .then(({ emissions }) => {
        end();
        this.published.push(...emissions);
        if (this.random.chance(0.5)) this.#idleCloser = { task, closer };
      })
      .catch((error: unknown) => {
        end();
        if (!isInjected(error)) throw error;
      });
    // Some die on their way.
    this.#start(this.random.chance(0.15) ? this.#killLater(this.#newTask(), task, run) : close);
  }

  async #killLater(killer: number, task: number, run: { ended: boolean }): Promise<void> {
    for (let steps = this.random.integer(0, 29); steps >= 0; steps -= 1) {
      await this.#scheduler.turn(killer);
    }
    if (run.ended) return;
    this.#closing -= 1;
    this.#scheduler.kill(task);
  }

  #parts(task: number) {
    const point = () => (this.#faulty ? this.#scheduler.turn(task) : Promise.resolve());
    const faults = this.#faulty ? this.#faults : 0;
    const shards: ShardReader = {
      list: async () => {
        await point();
        return this.#shards.map(
          ({ id, parents, closed }): ListedShard => ({
            shard: id,
            parents,
            closed,
          }),
        );
      },
      isReadToEnd: async (_stream, id, sequenceNumber = '0') => {
        await point();
        const shard = this.#shards.find((one) => one.id === id);
        if (!shard?.closed) return false;
        return !shard.records.some((one) => Number(one.sequenceNumber) > Number(sequenceNumber));
      },
    };
    const store = new FaultyStore(this.store, point, this.random, faults);
    return { store, shards, now: () => this.#clockMs };
  }

  #start(work: Promise<unknown>): void {
    this.#running.add(work);
    const end = () => this.#running.delete(work);
    work.then(end, (error) => {
      end();
      throw error;
    });
  }

  async #driveTo(work: Promise<unknown>): Promise<void> {
    const done = work.then(() => true);
    for (;;) {
      await this.#scheduler.step();
      if (await Promise.race([done, Promise.resolve(false)])) return;
    }
  }

  #newTask(): number {
    this.#tasks += 1;
    return this.#tasks;
  }

  #open(parents: readonly string[], low: number, high: number): void {
    const id = `shard-${String(this.#shards.length).padStart(3, '0')}`;
    this.#shards.push({ id, parents, low, high, closed: false, records: [] });
  }

  #reshard(): void {
    const open = this.#shards.filter(({ closed }) => !closed).sort((a, b) => a.low - b.low);
    const index = this.random.integer(0, open.length - 1);
    const shard = open[index];
    const left = open[index - 1];
    if (!shard) return;
    if (left && this.random.chance(0.4)) {
      left.closed = true;
      shard.closed = true;
      this.#open([left.id, shard.id], left.low, shard.high);
    } else if (shard.high - shard.low > 10) {
      const middle = Math.floor((shard.low + shard.high) / 2);
      shard.closed = true;
      this.#open([shard.id], shard.low, middle);
      this.#open([shard.id], middle, shard.high);
    }
  }

  #put(key: number, record: { sale: Sale } | { tickMs: number } | { poison: true }): void {
    const shard = this.#shards.find((one) => !one.closed && one.low <= key && key < one.high);
    this.#sequence += this.random.integer(1, 5);
    shard?.records.push({ ...record, sequenceNumber: String(this.#sequence) });
  }

  #tick(tickMs: number): void {
    for (const { closed, low } of this.#shards) if (!closed) this.#put(low, { tickMs });
  }
}

function isInjected(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('lost');
}

function keyOf(sale: Sale): number {
  return (Number(sale.id.slice(1)) * 17) % 60;
}

function toDecoded(put: Put): DecodedRecord<Sale> {
  const text = 'sale' in put ? put.sale.id : '';
  const record = {
    sequenceNumber: put.sequenceNumber,
    data: new TextEncoder().encode(text),
    arrivalMs: 0,
  };
  if ('poison' in put) return { record, decoded: { kind: 'undecodable', reason: 'poison' } };
  if ('tickMs' in put) return { record, decoded: { kind: 'tick', atMs: put.tickMs } };
  const { sale } = put;
  return { record, decoded: { kind: 'event', event: sale, id: sale.id, committedAtMs: undefined } };
}
