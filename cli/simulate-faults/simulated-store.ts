import type {
  Attributes,
  Condition,
  Item,
  ItemKey,
  SortKeyRange,
  StateStore,
  Write,
} from '../../shared/stream/state-store.ts';
import { RefusedError } from '../../shared/stream/state-store.ts';

/** A call whose answer was lost: whether it happened is open. */
export class LostError extends Error {
  override readonly name = 'LostError';
}

/** What happens around the calls of one process. */
export interface Faults {
  /** A call takes its time. */
  wait(): Promise<void>;
  /** Between two items of one read time may pass, or not. */
  waitWithin(): Promise<void> | undefined;
  isLost(): boolean;
  isConflict(): boolean;
  /** Whether a read of several items misses one that came after it began. */
  isMissed(): boolean;
  note(text: () => string): void;
}

/** Told of every write that happens. */
export interface WriteObserver {
  /** Before the write is there. */
  onWrite(key: ItemKey, old: Item | undefined, put: Attributes | undefined): void;
  /** After all writes of a transaction are there. */
  onWritten(): void;
}

/** The table itself: what happened is there, at once and whole. */
export class SimulatedTable {
  readonly #partitions = new Map<string, Map<string, Item>>();

  get({ table, pk, sk }: ItemKey): Item | undefined {
    return this.#partitions.get(`${table} ${pk}`)?.get(sk);
  }

  /** Items of a partition, in order. */
  all({ table, pk }: Pick<ItemKey, 'table' | 'pk'>, from = ' ', to = '~'): Item[] {
    const items: Item[] = [];
    for (const item of this.#partitions.get(`${table} ${pk}`)?.values() ?? []) {
      if (item.sk >= from && item.sk <= to) items.push(item);
    }
    return items.sort((a, b) => (a.sk < b.sk ? -1 : 1));
  }

  put({ table, pk, sk }: ItemKey, attributes: Attributes): void {
    const name = `${table} ${pk}`;
    let partition = this.#partitions.get(name);
    if (!partition) {
      partition = new Map();
      this.#partitions.set(name, partition);
    }
    partition.set(sk, { pk, sk, attributes: copyOf(attributes) });
  }

  remove({ table, pk, sk }: ItemKey): void {
    this.#partitions.get(`${table} ${pk}`)?.delete(sk);
  }
}

/**
 * The table as one process sees it: every call takes time, reads of several items pass item by
 * item, and the outcome of a call may be lost before or after it happens.
 */
export class SimulatedStore implements StateStore {
  readonly #table: SimulatedTable;
  readonly #faults: Faults;
  readonly #observer: WriteObserver;

  constructor(table: SimulatedTable, faults: Faults, observer: WriteObserver) {
    this.#table = table;
    this.#faults = faults;
    this.#observer = observer;
  }

  async get(key: ItemKey): Promise<Item | undefined> {
    await this.#read();
    return this.#table.get(key);
  }

  async getMany(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]> {
    await this.#read();
    const items: (Item | undefined)[] = [];
    for (const key of keys) {
      const wait = this.#faults.waitWithin();
      if (wait) await wait;
      items.push(this.#table.get(key));
    }
    return items;
  }

  async query(
    partition: Pick<ItemKey, 'table' | 'pk'>,
    { from, to, max = Number.POSITIVE_INFINITY }: SortKeyRange,
  ): Promise<readonly Item[]> {
    await this.#read();
    const seen: Item[] = [];
    const missed = new Set<string>();
    let ahead = this.#table.all(partition, from, to);
    for (let index = 0; ; index += 1) {
      const next = ahead[index];
      if (!next || seen.length >= max) return seen;
      seen.push(next);
      const wait = this.#faults.waitWithin();
      if (!wait) continue;
      await wait;
      // What was there when the read began is seen, as it is now; what came meanwhile may be.
      const known = new Set(ahead.map(({ sk }) => sk));
      ahead = this.#table.all(partition, from, to).filter(({ sk }) => {
        if (!known.has(sk) && this.#faults.isMissed()) missed.add(sk);
        return sk > next.sk && !missed.has(sk);
      });
      index = -1;
    }
  }

  async transact(writes: readonly Write[]): Promise<void> {
    await this.#faults.wait();
    if (this.#faults.isLost()) {
      this.#faults.note(() => `is lost before it writes ${namesOf(writes)}`);
      throw new LostError('lost before it happened');
    }
    if (this.#faults.isConflict()) {
      this.#faults.note(() => `is refused by a conflict: ${namesOf(writes)}`);
      throw new RefusedError('another transaction was in the way');
    }
    checkLimits(writes);
    for (const { key, condition } of writes) {
      if (!condition || holds(condition, this.#table.get(key))) continue;
      this.#faults.note(() => `is refused by ${key.sk}: ${namesOf(writes)}`);
      throw new RefusedError(`the condition on ${key.pk} ${key.sk} does not hold`);
    }
    for (const { key, put, remove } of writes) {
      if (!put && !remove) continue;
      this.#observer.onWrite(key, this.#table.get(key), put);
      if (put) this.#table.put(key, put);
      else this.#table.remove(key);
    }
    this.#observer.onWritten();
    this.#faults.note(() => `writes ${namesOf(writes)}`);
    if (this.#faults.isLost()) {
      this.#faults.note(() => 'does not hear that it has written');
      throw new LostError('lost after it happened');
    }
    await this.#faults.wait();
  }

  async remove(keys: readonly ItemKey[]): Promise<void> {
    await this.#read();
    for (const key of keys) {
      const wait = this.#faults.waitWithin();
      if (wait) await wait;
      const old = this.#table.get(key);
      if (!old) continue;
      this.#observer.onWrite(key, old, undefined);
      this.#table.remove(key);
      this.#observer.onWritten();
    }
  }

  async #read(): Promise<void> {
    await this.#faults.wait();
    if (this.#faults.isLost()) throw new LostError('the answer was lost');
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
const transactionItemsMax = 100;
const transactionBytesMax = 4 * 1024 * 1024;
const itemBytesMax = 400 * 1024;

function checkLimits(writes: readonly Write[]): void {
  const names = new Set(writes.map(({ key }) => `${key.table} ${key.pk} ${key.sk}`));
  const sizes = writes.map(({ put }) => (put ? sizeOf(put) : 0));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const broken =
    (writes.length > transactionItemsMax && `${writes.length} items`) ||
    (names.size !== writes.length && 'one item twice') ||
    (bytes > transactionBytesMax && `${bytes} bytes`) ||
    (Math.max(0, ...sizes) > itemBytesMax && `an item of ${Math.max(...sizes)} bytes`);
  if (broken) throw new RangeError(`a transaction beyond DynamoDB's limits: ${broken}`);
}

function sizeOf(attributes: Attributes): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(attributes)) {
    const isLong = typeof value === 'string' || value instanceof Uint8Array;
    bytes += name.length + (isLong ? value.length : 9);
  }
  return bytes;
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('absent' in condition) return item === undefined;
  return item?.attributes[condition.attribute] === condition.equals;
}

function copyOf(attributes: Attributes): Attributes {
  const copy: Record<string, Attributes[string]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    copy[name] = value instanceof Uint8Array ? value.slice() : value;
  }
  return copy;
}

function namesOf(writes: readonly Write[]): string {
  return writes
    .map(({ key, put, remove, condition }) => {
      const how = put ? '' : remove ? '−' : '?';
      return `${how}${key.pk.replace('#simulated#1', '')} ${key.sk}${condition ? '' : '!'}`;
    })
    .join(', ');
}
