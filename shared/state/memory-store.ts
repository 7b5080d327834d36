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

  get({ table, pk, sk }: ItemKey): Promise<Item | undefined> {
    return Promise.resolve(this.#partitions.get(`${table} ${pk}`)?.get(sk));
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
    const stored = await Promise.all(writes.map(({ key }) => this.get(key)));
    for (const [index, { condition, key }] of writes.entries()) {
      if (condition && !holds(condition, stored[index])) {
        throw new RefusedError(`Cannot write ${key.pk} ${key.sk}: its condition does not hold`);
      }
    }
    for (const { key, put } of writes) if (put) this.#put(key, put);
  }

  remove(keys: readonly ItemKey[]): Promise<void> {
    for (const { table, pk, sk } of keys) this.#partitions.get(`${table} ${pk}`)?.delete(sk);
    return Promise.resolve();
  }

  /** Every item, for inspection. */
  *items(): Iterable<Item> {
    for (const partition of this.#partitions.values()) yield* partition.values();
  }

  #put({ table, pk, sk }: ItemKey, attributes: Attributes): void {
    const name = `${table} ${pk}`;
    const partition = this.#partitions.get(name) ?? new Map<string, Item>();
    partition.set(sk, { pk, sk, attributes: { ...attributes } });
    this.#partitions.set(name, partition);
  }
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('absent' in condition) return item === undefined;
  return item?.attributes[condition.attribute] === condition.equals;
}
