import type {
  Attributes,
  Condition,
  Item,
  ItemKey,
  SortKeyRange,
  StateStore,
  Write,
} from '../stream/state-store.ts';
import { RefusedError, transactionItemsMax } from '../stream/state-store.ts';

type Partition = Map<string, Item>;

/** The engine's store in memory: for tests and benchmarks. */
export class MemoryStore implements StateStore {
  readonly #tables = {
    state: new Map<string, Partition>(),
    results: new Map<string, Partition>(),
  };

  get(key: ItemKey): Promise<Item | undefined> {
    return Promise.resolve(this.#find(key));
  }

  getMany(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.#find(key)));
  }

  query(
    { table, pk }: Pick<ItemKey, 'table' | 'pk'>,
    { from, to, max }: SortKeyRange,
  ): Promise<readonly Item[]> {
    const items = [...(this.#tables[table].get(pk)?.values() ?? [])];
    const inRange = items.filter(({ sk }) => sk >= from && sk <= to);
    return Promise.resolve(inRange.sort((a, b) => (a.sk < b.sk ? -1 : 1)).slice(0, max));
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const different = countDifferent(writes);
    if (writes.length > transactionItemsMax || different !== writes.length) {
      throw new RangeError(
        `Cannot write: a transaction holds at most ${transactionItemsMax} different items: received ${writes.length}, ${different} different`,
      );
    }
    // Nothing is awaited from here on: another transaction must not come in between.
    for (const { key, condition, put, remove } of writes) {
      if (put && remove) {
        throw new TypeError(`Cannot write ${key.pk} ${key.sk}: both a put and a removal are given`);
      }
      if (!condition && !put && !remove) {
        throw new TypeError(
          `Cannot write ${key.pk} ${key.sk}: neither a put nor a condition is given`,
        );
      }
      if (condition && !holds(condition, this.#find(key))) {
        throw new RefusedError(`Cannot write ${key.pk} ${key.sk}: its condition does not hold`);
      }
    }
    for (const { key, put, remove } of writes) {
      if (put) this.#put(key, put);
      else if (remove) this.#remove(key);
    }
  }

  remove(keys: readonly ItemKey[]): Promise<void> {
    for (const key of keys) this.#remove(key);
    return Promise.resolve();
  }

  /** Every item, for inspection. */
  *items(): Iterable<Item> {
    for (const table of Object.values(this.#tables)) {
      for (const partition of table.values()) yield* partition.values();
    }
  }

  #find({ table, pk, sk }: ItemKey): Item | undefined {
    return this.#tables[table].get(pk)?.get(sk);
  }

  #put({ table, pk, sk }: ItemKey, attributes: Attributes): void {
    const item = { pk, sk, attributes: copyOf(attributes) };
    const partition = this.#tables[table].get(pk);
    if (partition) partition.set(sk, item);
    else this.#tables[table].set(pk, new Map([[sk, item]]));
  }

  #remove({ table, pk, sk }: ItemKey): void {
    this.#tables[table].get(pk)?.delete(sk);
  }
}

/** Without a text made of each key, which would take longer than the writing. */
function countDifferent(writes: readonly Write[]): number {
  const seen = { state: new Map<string, string[]>(), results: new Map<string, string[]>() };
  let different = 0;
  for (const { key } of writes) {
    const known = seen[key.table].get(key.pk);
    if (known?.includes(key.sk)) continue;
    different += 1;
    if (known) known.push(key.sk);
    else seen[key.table].set(key.pk, [key.sk]);
  }
  return different;
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('absent' in condition) return item === undefined;
  return item?.attributes[condition.attribute] === condition.equals;
}

/** What a caller later does to its bytes must not change what is stored. */
function copyOf(attributes: Attributes): Attributes {
  const copy: Record<string, Attributes[string]> = { ...attributes };
  for (const name in copy) {
    const value = copy[name];
    if (value instanceof Uint8Array) copy[name] = Uint8Array.from(value);
  }
  return copy;
}
