import { rm } from 'node:fs/promises';
import type { Level, Store } from 'dynalite/db/index.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PlainOperation, runPlain } from '../../../../infra/local/dynamodb/actions.ts';
import { ItemWrites } from '../../../../infra/local/dynamodb/item-writes.ts';
import { openStore } from '../../../../infra/local/dynamodb/open-store.ts';
import { parseInput } from '../../../../infra/local/dynamodb/parse-input.ts';
import { playTable } from '../../../../infra/local/dynamodb/play-tables.ts';
import { writeItem } from '../../../../infra/local/dynamodb/single-writes.ts';
import { tableProperties } from '../../../../infra/local/dynamodb/table-properties.ts';
import { TimeToLive } from '../../../../infra/local/dynamodb/time-to-live.ts';
import { stringKeys, tableResource, temporaryFolder } from './played-dynamo.ts';

const TableName = 'dev-state';
let directory: string;
let store: Store;

beforeEach(async () => {
  directory = await temporaryFolder();
  store = await openStore(directory);
  const writes = new ItemWrites(store);
  const table = tableProperties(tableResource(TableName, stringKeys));
  await playTable(store, new TimeToLive(store, writes, Date.now), table);
  for (let number = 0; number < 40; number += 1) {
    const Item = { pk: { S: 'a' }, sk: { S: String(number) }, text: { S: 'x'.repeat(1000) } };
    await writeItem(store, writes, 'PutItem', { TableName, Item });
  }
});

afterEach(async () => {
  await store.db.close();
  await rm(directory, { recursive: true });
});

/** Counts the iterators of a database: opened, and of these still open. */
function countIterators(db: Level): { opened: number; open: number } {
  const count = { opened: 0, open: 0 };
  for (const kind of ['keys', 'values'] as const) {
    const open = db[kind].bind(db);
    db[kind] = (range) => {
      const iterator = open(range);
      const close = iterator.close.bind(iterator);
      let isOpen = true;
      count.opened += 1;
      count.open += 1;
      iterator.close = async () => {
        await close();
        if (isOpen) count.open -= 1;
        isOpen = false;
      };
      return iterator;
    };
  }
  return count;
}

const ofPartition = {
  TableName,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: 'a' } },
};

it.each<[what: string, operation: PlainOperation, request: object]>([
  ['a query to the end', 'Query', ofPartition],
  ['a query of one item', 'Query', { ...ofPartition, Limit: 1 }],
  ['a scan to the end', 'Scan', { TableName }],
  ['a scan of one item', 'Scan', { TableName, Limit: 1 }],
  ['a list of tables', 'ListTables', {}],
])('%s leaves no iterator open', async (_, operation, request) => {
  const iterators = countIterators(store.db);
  await runPlain(store, operation, parseInput(store, operation, request));
  await expect.poll(() => iterators.open).toBe(0);
  expect(iterators.opened).toBe(1);
});
