import type { Json } from '../accumulator.ts';
import type { Emission, KeyedJob, RuleJob } from '../job.ts';
import type { ShardId } from '../record.ts';
import { type Control, codecVersion } from '../state/control.ts';
import { outboxPartition, outboxSk, type Run } from '../state/layout.ts';
import type { Row, Rows } from '../state/rows.ts';
import type { Write } from '../state-store.ts';
import {
  effectItemsMax,
  entityFault,
  itemBytesMax,
  keyFault,
  keyLengthMax,
  type Outcome,
  reasonOf,
  type SequenceRange,
  transactionBytesMax,
} from './effects.ts';
import type { KnownIdentities } from './known-identities.ts';
import { utf8Bytes } from './limits.ts';
import { PanedEffects } from './paned-effects.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const sortKeyBytesMax = 1024;

/**
 * The write that puts an emission into the outbox.
 *
 * @throws RangeError when it cannot be stored or published: its name or it is too long, or its
 * entity is no partition key.
 */
export function outboxWrite(run: Run, emission: Emission): Write {
  const sk = outboxSk(emission);
  const packed = JSON.stringify(emission);
  const bytes = utf8Bytes(packed);
  const fault =
    entityFault(emission.entity) ??
    (bytes > itemBytesMax ? `it is longer than ${itemBytesMax} bytes` : undefined) ??
    (utf8Bytes(sk) > sortKeyBytesMax || !sk.isWellFormed() ? 'its id names no item' : undefined);
  if (fault !== undefined) {
    throw new RangeError(
      `Cannot tell ${emission.id.slice(0, keyLengthMax)}: ${fault}: received ${bytes} bytes about "${emission.entity}"`,
    );
  }
  return { key: { ...outboxPartition(run), sk }, put: { codec: codecVersion, emission: packed } };
}

/** What the events of one transaction say: of equal emissions one is enough. */
class Outbox {
  readonly #run: Run;
  readonly #writes = new Map<string, { readonly emission: Emission; readonly write: Write }>();
  #bytes = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  get size(): number {
    return this.#writes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get emissions(): Emission[] {
    return [...this.#writes.values()].map(({ emission }) => emission);
  }

  get writes(): Write[] {
    return [...this.#writes.values()].map(({ write }) => write);
  }

  /** @throws RangeError when an emission cannot be stored or published. */
  prepare(emissions: readonly Emission[]): (readonly [string, Emission, Write])[] {
    return emissions.map((emission) => [
      outboxSk(emission),
      emission,
      outboxWrite(this.#run, emission),
    ]);
  }

  add(prepared: readonly (readonly [string, Emission, Write])[]): void {
    for (const [sk, emission, write] of prepared) {
      this.#writes.set(sk, { emission, write });
      this.#bytes += String(write.put?.['emission']).length;
    }
  }
}

/** Effects of a rule that looks at each event alone. */
export class RuleEffects<Event> extends PanedEffects<Event> {
  readonly #rule: RuleJob<Event>;
  readonly #outbox: Outbox;

  constructor(job: RuleJob<Event>, shard: ShardId, control: Control, identities: KnownIdentities) {
    super(job, shard, control, identities);
    this.#rule = job;
    this.#outbox = new Outbox(job);
  }

  override get emissions(): readonly Emission[] {
    return this.#outbox.emissions;
  }

  protected override consider(event: Event): Outcome {
    try {
      const prepared = this.#outbox.prepare(this.#rule.evaluate(event));
      if (prepared.length > effectItemsMax) {
        return { refused: `it says ${prepared.length} things, of ${effectItemsMax} at most` };
      }
      if (this.#outbox.size + prepared.length > effectItemsMax) return 'full';
      if (this.#outbox.bytes >= transactionBytesMax) return 'full';
      this.#outbox.add(prepared);
      return 'counted';
    } catch (error) {
      return { refused: reasonOf(error) };
    }
  }

  override writes(version: number, range: SequenceRange, expiresAt: number): Write[] {
    return [...this.#outbox.writes, ...super.writes(version, range, expiresAt)];
  }
}

/** What is remembered of a key, and the time of its latest event. */
export interface Memory {
  readonly atMs: number;
  readonly state: Json;
}

/** Effects of a rule with a memory per key. */
export class KeyedEffects<Event> extends PanedEffects<Event> {
  readonly #keyed: KeyedJob<Event>;
  readonly #outbox: Outbox;
  readonly #rows: Rows<Memory>;
  readonly #read: ReadonlyMap<string, Row<Memory>>;
  readonly #changed = new Map<string, { readonly memory: Memory; readonly packed: string }>();
  /** Keys of refused events: that they are holds only while the row is the same. */
  readonly #judged = new Set<string>();
  #bytes = 0;

  /** @param read rows of the keys that may be considered; events of others are for later. */
  constructor(
    job: KeyedJob<Event>,
    shard: ShardId,
    control: Control,
    identities: KnownIdentities,
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
    let key: string;
    try {
      key = this.#keyed.key(event);
    } catch (error) {
      return { refused: reasonOf(error) };
    }
    const fault = keyFault(key);
    if (fault !== undefined) return { refused: fault };
    const outcome = this.#judge(key, event, timeMs);
    if (outcome === 'counted' || outcome === 'full') return outcome;
    if (this.#items >= effectItemsMax) return 'full';
    this.#judged.add(key);
    return outcome;
  }

  #judge(key: string, event: Event, timeMs: number): Outcome {
    const row = this.#read.get(key);
    if (!row) return 'full';
    let memory: Memory;
    let packed: string;
    let prepared: ReturnType<Outbox['prepare']>;
    try {
      const known = this.#changed.get(key)?.memory ?? row.state;
      const isFresh = known === undefined || timeMs - known.atMs > this.#keyed.stateTtlMs;
      const verdict = this.#keyed.evaluate(event, isFresh ? undefined : known.state);
      memory = { atMs: Math.max(timeMs, known?.atMs ?? timeMs), state: verdict.state };
      packed = JSON.stringify(memory);
      prepared = this.#outbox.prepare(verdict.emissions);
    } catch (error) {
      return { refused: reasonOf(error) };
    }
    if (packed.length > itemBytesMax) {
      return {
        refused: `what is remembered of "${key}" is longer than ${itemBytesMax} characters`,
      };
    }
    if (prepared.length >= effectItemsMax) {
      return { refused: `it says ${prepared.length} things, of ${effectItemsMax - 1} at most` };
    }
    const more = prepared.length + (this.#changed.has(key) ? 0 : 1);
    if (this.#items + more > effectItemsMax) return 'full';
    if (this.#bytes + this.#outbox.bytes >= transactionBytesMax) return 'full';
    this.#bytes += packed.length;
    this.#changed.set(key, { memory, packed });
    this.#outbox.add(prepared);
    return 'counted';
  }

  get #items(): number {
    return this.#changed.size + this.#judged.size + this.#outbox.size;
  }

  override writes(version: number, range: SequenceRange, expiresAt: number): Write[] {
    const rows = [...this.#changed].map(([key, { packed }]) =>
      this.#rows.write(key, this.#rowOf(key), packed, this.#keyed.stateTtlMs),
    );
    const checks = [...this.#judged]
      .filter((key) => !this.#changed.has(key))
      .map((key) => this.#rows.check(key, this.#rowOf(key)));
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
