import type { Item, ItemKey } from '../stream/state-store.ts';

interface Asked {
  readonly key: ItemKey;
  readonly resolve: (found: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads what is asked for in one moment together. Jobs of a function ask in chorus, and a call for
 * many items costs DynamoDB what calls for each would, and everybody else far less.
 */
export class GatheredGets {
  readonly #read: (keys: readonly ItemKey[]) => Promise<readonly (Item | undefined)[]>;
  #asked: Asked[] = [];

  /** @param read items in the order of their keys, which are all different. */
  constructor(read: (keys: readonly ItemKey[]) => Promise<readonly (Item | undefined)[]>) {
    this.#read = read;
  }

  /** The item as it is after the call, like any single read. */
  get(key: ItemKey): Promise<Item | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Item | undefined>();
    if (this.#asked.length === 0) setImmediate(() => this.#readAsked());
    this.#asked.push({ key, resolve, reject });
    return promise;
  }

  async #readAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const distinct = new Map(asked.map(({ key }) => [nameOf(key), key]));
    try {
      const items = await this.#read([...distinct.values()]);
      const found = new Map([...distinct.keys()].map((name, index) => [name, items[index]]));
      for (const { key, resolve } of asked) resolve(found.get(nameOf(key)));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}

function nameOf({ table, pk, sk }: ItemKey): string {
  return JSON.stringify([table, pk, sk]);
}
