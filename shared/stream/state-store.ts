/** Names an item. `results` holds what the outside reads, `state` the engine's own. */
export interface ItemKey {
  readonly table: 'state' | 'results';
  readonly pk: string;
  readonly sk: string;
}

type Attribute = string | number | boolean | Uint8Array;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Item {
  readonly pk: string;
  readonly sk: string;
  readonly attributes: Attributes;
}

/** What must hold of the stored item for a transaction to happen. */
export type Condition =
  | { readonly absent: true }
  /** The item exists and this attribute has this value. */
  | { readonly attribute: string; readonly equals: string | number | boolean };

/** One part of a transaction: a put, a removal, or, without either, the check of its condition. */
export interface Write {
  readonly key: ItemKey;
  readonly condition?: Condition;
  readonly put?: Attributes;
  readonly remove?: true;
}

/** Sort keys with `from ≤ sk ≤ to`; of more than `max` items the first. */
export interface SortKeyRange {
  readonly from: string;
  readonly to: string;
  readonly max?: number;
}

/**
 * The table that the engine keeps its state in. Reads are strongly consistent; a query is not a
 * snapshot. A transaction happens whole or not at all.
 */
export interface StateStore {
  get(key: ItemKey): Promise<Item | undefined>;
  /** Items in the order of their keys, which are all different; together they are no snapshot. */
  getMany(keys: readonly ItemKey[]): Promise<readonly (Item | undefined)[]>;
  /** Items of one partition that lie in a range, in order of `sk`. */
  query(partition: Pick<ItemKey, 'table' | 'pk'>, range: SortKeyRange): Promise<readonly Item[]>;
  /**
   * At most {@link transactionItemsMax} writes on different items.
   *
   * @throws RefusedError when a condition does not hold or another transaction was in the way; any
   * other error leaves open whether it happened.
   */
  transact(writes: readonly Write[]): Promise<void>;
  /** Deletes without a condition; not atomic over several keys. */
  remove(keys: readonly ItemKey[]): Promise<void>;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export const transactionItemsMax = 100;

/** The transaction did not happen: what it was built on has changed. Read again and start over. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Runs a transaction whose refusal means that another got there first. */
export async function tolerateRefusal(transact: () => Promise<void>): Promise<boolean> {
  try {
    await transact();
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}
