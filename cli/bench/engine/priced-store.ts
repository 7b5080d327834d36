import type {
  Attributes,
  Item,
  ItemKey,
  SortKeyRange,
  StateStore,
  Write,
} from '../../../shared/stream/state-store.ts';

const writeUnitBytes = 1024;
const readUnitBytes = 4096;

/** What DynamoDB would have charged for, by its price list of on-demand capacity. */
export interface Price {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Sizes of the items put. */
  readonly bytes: number;
  readonly transactions: number;
}

/**
 * Counts what DynamoDB would charge for the calls to a store: in a transaction two units for each
 * started KB of an item put, checked or removed, of the larger where one replaces another
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
 */
export class PricedStore implements StateStore {
  readonly #store: StateStore;
  readonly #sizes = new Map<string, number>();
  #price: Price = { writeUnits: 0, readUnits: 0, bytes: 0, transactions: 0 };

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** What was charged since the last call. */
  take(): Price {
    const price = this.#price;
    this.#price = { writeUnits: 0, readUnits: 0, bytes: 0, transactions: 0 };
    return price;
  }

  async get(key: ItemKey): Promise<Item | undefined> {
    const item = await this.#store.get(key);
    this.#chargeRead(sizeOf(item));
    return item;
  }

  async getMany(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]> {
    const items = await this.#store.getMany(keys);
    for (const item of items) this.#chargeRead(sizeOf(item));
    return items;
  }

  async query(
    partition: Pick<ItemKey, 'table' | 'pk'>,
    range: SortKeyRange,
  ): Promise<readonly Item[]> {
    const items = await this.#store.query(partition, range);
    this.#chargeRead(items.reduce((bytes, item) => bytes + sizeOf(item), 0));
    return items;
  }

  async transact(writes: readonly Write[]): Promise<void> {
    await this.#store.transact(writes);
    let { writeUnits, bytes } = this.#price;
    for (const { key, put, remove } of writes) {
      const name = nameOf(key);
      const before = this.#sizes.get(name) ?? 0;
      const after = put ? itemBytes(key, put) : 0;
      writeUnits += 2 * unitsOf(Math.max(before, after), writeUnitBytes);
      bytes += after;
      if (put) this.#sizes.set(name, after);
      else if (remove) this.#sizes.delete(name);
    }
    const transactions = this.#price.transactions + 1;
    this.#price = { ...this.#price, writeUnits, bytes, transactions };
  }

  async remove(keys: readonly ItemKey[]): Promise<void> {
    await this.#store.remove(keys);
    let { writeUnits } = this.#price;
    for (const key of keys) {
      writeUnits += unitsOf(this.#sizes.get(nameOf(key)) ?? 0, writeUnitBytes);
      this.#sizes.delete(nameOf(key));
    }
    this.#price = { ...this.#price, writeUnits };
  }

  #chargeRead(bytes: number): void {
    const readUnits = this.#price.readUnits + unitsOf(bytes, readUnitBytes);
    this.#price = { ...this.#price, readUnits };
  }
}

/** Reading or writing nothing is charged like one unit. */
function unitsOf(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}

function nameOf({ table, pk, sk }: ItemKey): string {
  return `${table} ${pk} ${sk}`;
}

function sizeOf(item: Item | undefined): number {
  return item ? itemBytes(item, item.attributes) : 0;
}

/**
 * Names and values in UTF-8, a number about a byte for two digits and one more
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 */
function itemBytes({ pk, sk }: Pick<ItemKey, 'pk' | 'sk'>, attributes: Attributes): number {
  let bytes = 'pk'.length + Buffer.byteLength(pk) + 'sk'.length + Buffer.byteLength(sk);
  for (const [name, value] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name);
    if (value instanceof Uint8Array) bytes += value.length;
    else if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (typeof value === 'boolean') bytes += 1;
    else bytes += Math.ceil(String(value).replace(/[^0-9]/g, '').length / 2) + 1;
  }
  return bytes;
}
