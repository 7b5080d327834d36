import type {
  Attributes,
  Condition,
  Item,
  ItemKey,
  StateStore,
  Write,
} from '../stream/state-store.ts';
import { RefusedError, transactionItemsMax } from '../stream/state-store.ts';

/** The engine's store in memory: for tests and benchmarks. */
export class MemoryStore implements StateStore {
  readonly #partitions = new Map<string, Map<string, Item>>();

  get(key: ItemKey): Promise<Item | undefined> {
    return Promise.resolve(this.#find(key));
  }

  getMany(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.#find(key)));
  }

  query(
    { table, pk }: Pick<ItemKey, 'table' | 'pk'>,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<readonly Item[]> {
    const items = [...(this.#partitions.get(`${table} ${pk}`)?.values() ?? [])];
    const inRange = items.filter(({ sk }) => sk >= from && sk <= to);
    return Promise.resolve(inRange.sort((a, b) => (a.sk < b.sk ? -1 : 1)));
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const names = new Set(writes.map(({ key }) => `${key.table} ${key.pk} ${key.sk}`));
    if (writes.length > transactionItemsMax || names.size !== writes.length) {
      throw new RangeError(
        `Cannot write: a transaction holds at most ${transactionItemsMax} different items: received ${writes.length}, ${names.size} different`,
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
    for (const partition of this.#partitions.values()) yield* partition.values();
  }

  #find({ table, pk, sk }: ItemKey): Item | undefined {
    return this.#partitions.get(`${table} ${pk}`)?.get(sk);
  }

  #put({ table, pk, sk }: ItemKey, attributes: Attributes): void {
    const name = `${table} ${pk}`;
    const partition = this.#partitions.get(name) ?? new Map<string, Item>();
    partition.set(sk, { pk, sk, attributes: copyOf(attributes) });
    this.#partitions.set(name, partition);
  }

  #remove({ table, pk, sk }: ItemKey): void {
    this.#partitions.get(`${table} ${pk}`)?.delete(sk);
  }
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('absent' in condition) return item === undefined;
  return item?.attributes[condition.attribute] === condition.equals;
}

/** What a caller later does to its bytes must not change what is stored. */
function copyOf(attributes: Attributes): Attributes {
  const copy: Record<string, Attributes[string]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    copy[name] = value instanceof Uint8Array ? Uint8Array.from(value) : value;
  }
  return copy;
}
