import type { Random } from '../../shared/random/random.ts';
import type { MemoryStore } from '../../shared/state/memory-store.ts';
import type { Item, ItemKey, StateStore, Write } from '../../shared/stream/state-store.ts';

/** A store whose every call is a scheduling point and may fail before or after it happens. */
export class FaultyStore implements StateStore {
  readonly #inner: MemoryStore;
  readonly #point: () => Promise<void>;
  readonly #random: Random;
  readonly #faults: number;

  constructor(inner: MemoryStore, point: () => Promise<void>, random: Random, faults: number) {
    this.#inner = inner;
    this.#point = point;
    this.#random = random;
    this.#faults = faults;
  }

  async get(key: ItemKey): Promise<Item | undefined> {
    await this.#point();
    return this.#inner.get(key);
  }

  /** A query is not a snapshot: time passes between its items. */
  async query(
    partition: Pick<ItemKey, 'table' | 'pk'>,
    range: { from: string; to: string },
  ): Promise<readonly Item[]> {
    await this.#point();
    const seen: Item[] = [];
    for (const { sk } of await this.#inner.query(partition, range)) {
      if (this.#random.chance(0.2)) await this.#point();
      const item = await this.#inner.get({ ...partition, sk });
      if (item) seen.push(item);
    }
    return seen;
  }

  async transact(writes: readonly Write[]): Promise<void> {
    await this.#point();
    if (this.#random.chance(this.#faults)) throw new Error('lost before it happened');
    await this.#inner.transact(writes);
    if (this.#random.chance(this.#faults)) throw new Error('lost after it happened');
    await this.#point();
  }

  async remove(keys: readonly ItemKey[]): Promise<void> {
    await this.#point();
    return this.#inner.remove(keys);
  }
}
