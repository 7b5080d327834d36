import type {
  BatchEntry,
  Done,
  Input,
  Item,
  Store,
  SubDatabase,
  TableDescription,
} from 'dynalite/db/index.js';
import { type Reply, type WriteOperation, writeActionOf } from './actions.ts';
import { type DynamoError, toDynamoError, validationError } from './dynamo-error.ts';
import { itemBytes, itemBytesMax } from './item-size.ts';
import { indexPrefix, itemsPrefix } from './key-space.ts';

export interface StagedWrite {
  /** The item as it was before, if there was one. */
  readonly existing: Item | undefined;
  /** What to write: the item and its index entries. */
  readonly entries: readonly BatchEntry<Item>[];
  readonly reply: Reply;
  /** Why the write is refused: its condition does not hold, its update does not fit the item. */
  readonly refusal: DynamoError | undefined;
}

/**
 * Lets dynalite decide what a write does without doing it: its action reads the store and writes
 * into a list. The caller holds the item's lock and later writes the lists of several actions as one
 * LevelDB batch, which a crash leaves whole or absent.
 */
export function stageWrite(
  store: Store,
  table: TableDescription,
  operation: WriteOperation,
  input: Input,
): Promise<StagedWrite> {
  return new Promise((resolve, reject) => {
    const entries: BatchEntry<Item>[] = [];
    let existing: Item | undefined;

    function staged(prefix: string, read: SubDatabase['get']): SubDatabase {
      return {
        get: read,
        put(key, value, done) {
          entries.push({ type: 'put', key: prefix + key, value });
          done(null);
        },
        del(key, done) {
          entries.push({ type: 'del', key: prefix + key });
          done(null);
        },
        lock: (_keys, work) => work((done) => done),
      };
    }

    // Without a hop to another thread, which costs more than the read: LevelDB has the hot items in
    // memory.
    function readItem(table: string, key: string, done: Done<Item>): void {
      existing = store.db.getSync<Item>(itemsPrefix(table) + key);
      done(null, existing);
    }

    const view: Store = {
      ...store,
      getTable: (_name, done) => done(null, table),
      getItemDb: (name) => staged(itemsPrefix(name), (key, done) => readItem(name, key, done)),
      getIndexDb: (kind, table, index) =>
        staged(indexPrefix(kind, table, index), (_key, done) => done(null)),
    };
    writeActionOf[operation](view, input, (error, reply) => {
      const refusal = error ? toDynamoError(error) : oversize(entries);
      if (error && !refusal) reject(error);
      else resolve({ existing, entries, reply: reply ?? {}, refusal });
    });
  });
}

/** An update can grow an item over the limit; what a put writes was measured before. */
function oversize(entries: readonly BatchEntry<Item>[]): DynamoError | undefined {
  const tooLarge = entries.some(({ value }) => value && itemBytes(value) > itemBytesMax);
  return tooLarge
    ? validationError('Item size to update has exceeded the maximum allowed size')
    : undefined;
}
