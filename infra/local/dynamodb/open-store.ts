import { mkdir } from 'node:fs/promises';
import { create, type Level, type Store, type TableDescription } from 'dynalite/db/index.js';
import { localAccountId, localRegion } from '../service.ts';
import { indexesPrefix, itemsPrefix, rangeOf, tablesPrefix } from './key-space.ts';

/** Opens the tables kept in a folder and finishes what an interrupted process left half done. */
export async function openStore(directory: string): Promise<Store> {
  await mkdir(directory, { recursive: true });
  const store = create({ path: directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  closeWhatIsRead(store.db);
  store.tableDb.awsAccountId = localAccountId;
  store.tableDb.awsRegion = localRegion;
  try {
    await store.db.open();
  } catch (error) {
    throw new Error(
      `Cannot open the tables of the local DynamoDB: another process may be using them: received ${directory}`,
      { cause: error },
    );
  }
  await settleTables(store);
  return store;
}

/**
 * dynalite ends an iterator by its `return`, which those of Level do not have: every query and every
 * scan would leave one open, with its memory and its view of the database, until the process ends.
 */
function closeWhatIsRead(db: Level): void {
  for (const kind of ['keys', 'values'] as const) {
    const open = db[kind].bind(db);
    db[kind] = (range) => {
      const iterator = open(range);
      iterator.return = () => iterator.close();
      return iterator;
    };
  }
}

/** Tables pass through CREATING and DELETING; a process killed there left them in it. */
async function settleTables(store: Store): Promise<void> {
  for await (const [key, table] of store.db.iterator<TableDescription>(rangeOf(tablesPrefix))) {
    if (table.TableStatus === 'DELETING') await removeTable(store, key, table.TableName);
    else if (table.TableStatus !== 'ACTIVE') await store.db.put(key, activated(table));
  }
}

async function removeTable(store: Store, key: string, table: string): Promise<void> {
  await store.db.clear(rangeOf(itemsPrefix(table)));
  for (const kind of ['Local', 'Global'] as const) {
    await store.db.clear(rangeOf(indexesPrefix(kind, table)));
  }
  await store.db.batch([{ type: 'del', key }]);
}

function activated(table: TableDescription): TableDescription {
  return {
    ...table,
    TableStatus: 'ACTIVE',
    ...(table.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => ({
        ...index,
        IndexStatus: 'ACTIVE',
      })),
    }),
  };
}
