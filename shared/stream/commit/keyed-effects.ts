import type { Json } from '../accumulator.ts';
import type { Emission, KeyedJob } from '../job.ts';
import type { ShardId } from '../record.ts';
import type { Control } from '../state/control.ts';
import type { Row, Rows } from '../state/rows.ts';
import type { Write } from '../state-store.ts';
import {
  effectItemsMax,
  itemBytesMax,
  keysFault,
  type Outcome,
  reasonOf,
  type SequenceRange,
  transactionBytesMax,
} from './effects.ts';
import type { KnownIdentities } from './known-identities.ts';
import { Outbox } from './outbox.ts';
import { PanedEffects } from './paned-effects.ts';

/** What is remembered of a key, and the time of the latest event that wrote it. */
export interface Memory {
  readonly atMs: number;
  readonly state: Json;
}

interface Change {
  readonly memory: Memory;
  readonly packed: string;
}

/** What an event makes of its keys, and what it says. */
interface Taken {
  readonly changes: ReadonlyMap<string, Change>;
  readonly said: ReturnType<Outbox['prepare']>;
}

/** Effects of a rule with a memory per key. An event's keys are decided together or not at all. */
export class KeyedEffects<Event> extends PanedEffects<Event> {
  readonly #keyed: KeyedJob<Event>;
  readonly #outbox: Outbox;
  readonly #rows: Rows<Memory>;
  readonly #read: ReadonlyMap<string, Row<Memory>>;
  readonly #changed = new Map<string, Change>();
  /** Keys that were looked at and not written: what was decided holds only while they are the same. */
  readonly #judged = new Set<string>();
  #bytes = 0;

  /** @param read rows of the keys that may be considered; events of others are for later. */
  constructor(
    job: KeyedJob<Event>,
    shard: ShardId,
    control: Control,
    identities: KnownIdentities<Event>,
    rows: Rows<Memory>,
    read: ReadonlyMap<string, Row<Memory>>,
  ) {
    super(job, shard, control, identities);
    this.#keyed = job;
    this.#outbox = new Outbox(job);
    this.#rows = rows;
    this.#read = read;
  }

  override get emissions(): readonly Emission[] {
    return this.#outbox.emissions;
  }

  protected override consider(event: Event, timeMs: number): Outcome {
    let keys: readonly string[];
    try {
      keys = this.#keyed.keys(event);
      const fault = keysFault(keys);
      if (fault !== undefined) return { refused: fault };
    } catch (error) {
      return { refused: reasonOf(error) };
    }
    if (keys.some((key) => !this.#read.has(key))) return 'full';
    // Whatever becomes of the event, each of its keys is an item of the transaction.
    const more = keys.filter((key) => !this.#changed.has(key) && !this.#judged.has(key)).length;
    if (this.#items + more > effectItemsMax) return 'full';
    let taken: Taken;
    try {
      taken = this.#evaluate(event, keys, timeMs);
    } catch (error) {
      this.#judge(keys);
      return { refused: reasonOf(error) };
    }
    if (this.#items + more + taken.said.length > effectItemsMax) return 'full';
    if (this.#items > 0 && this.#bytesWith(taken) > transactionBytesMax) return 'full';
    this.#take(keys, taken);
    return 'counted';
  }

  /** @throws Error when the job cannot take the event, in these states of its keys. */
  #evaluate(event: Event, keys: readonly string[], timeMs: number): Taken {
    const known = new Map<string, Memory>();
    const states = new Map<string, Json>();
    for (const key of keys) {
      const memory = this.#changed.get(key)?.memory ?? this.#read.get(key)?.state;
      if (memory === undefined) continue;
      known.set(key, memory);
      if (timeMs - memory.atMs <= this.#keyed.stateTtlMs) states.set(key, memory.state);
    }
    const verdict = this.#keyed.evaluate(event, states);
    const changes = new Map<string, Change>();
    let bytes = 0;
    for (const [key, state] of verdict.states) {
      if (!keys.includes(key))
        throw new RangeError(`"${key}" is remembered, which is no key of it`);
      const memory = { atMs: Math.max(timeMs, known.get(key)?.atMs ?? timeMs), state };
      const packed = JSON.stringify(memory);
      if (packed.length > itemBytesMax) {
        throw new RangeError(
          `what is remembered of "${key}" is longer than ${itemBytesMax} characters`,
        );
      }
      changes.set(key, { memory, packed });
      bytes += packed.length;
    }
    if (bytes > transactionBytesMax) {
      throw new RangeError(
        `what is remembered of its keys is longer than ${transactionBytesMax} characters`,
      );
    }
    const said = this.#outbox.prepare(verdict.emissions);
    const saidMax = effectItemsMax - keys.length;
    if (said.length > saidMax) {
      throw new RangeError(`it says ${said.length} things, of ${saidMax} at most`);
    }
    return { changes, said };
  }

  #bytesWith({ changes }: Taken): number {
    let bytes = this.#bytes + this.#outbox.bytes;
    for (const [key, { packed }] of changes) {
      bytes += packed.length - (this.#changed.get(key)?.packed.length ?? 0);
    }
    return bytes;
  }

  #take(keys: readonly string[], { changes, said }: Taken): void {
    for (const [key, change] of changes) {
      this.#bytes += change.packed.length - (this.#changed.get(key)?.packed.length ?? 0);
      this.#changed.set(key, change);
      this.#judged.delete(key);
    }
    this.#judge(keys);
    this.#outbox.add(said);
  }

  #judge(keys: readonly string[]): void {
    for (const key of keys) if (!this.#changed.has(key)) this.#judged.add(key);
  }

  get #items(): number {
    return this.#changed.size + this.#judged.size + this.#outbox.size;
  }

  override writes(version: number, range: SequenceRange, expiresAt: number): Write[] {
    const rows = [...this.#changed].map(([key, { packed }]) =>
      this.#rows.write(key, this.#rowOf(key), packed, this.#keyed.stateTtlMs),
    );
    const checks = [...this.#judged].map((key) => this.#rows.check(key, this.#rowOf(key)));
    return [...rows, ...checks, ...this.#outbox.writes, ...super.writes(version, range, expiresAt)];
  }

  override committed(version: number): void {
    super.committed(version);
    for (const [key, { memory, packed }] of this.#changed) {
      const row = { version: this.#rowOf(key).version + 1, state: memory };
      this.#rows.keep(key, row, packed.length);
    }
  }

  #rowOf(key: string): Row<Memory> {
    return this.#read.get(key) ?? { version: 0, state: undefined };
  }
}
