import { setTimeout as delay } from 'node:timers/promises';
import {
  type BatchEntry,
  getIndexActions,
  type IndexDescription,
  type Item,
  type Store,
  type TableDescription,
} from 'dynalite/db/index.js';
import { runPlain } from './actions.ts';
import { indexPrefix, itemsPrefix, rangeOf, tablesPrefix } from './key-space.ts';
import { parseInput } from './parse-input.ts';
import type { IndexProperties, TableProperties } from './table-properties.ts';
import type { TimeToLive } from './time-to-live.ts';

const backfillEntriesMax = 500;

/** Makes the stored table what the template says: creates it, or changes its indexes. */
export async function playTable(
  store: Store,
  timeToLive: TimeToLive,
  wanted: TableProperties,
): Promise<void> {
  const stored = await store.db.get<TableDescription>(tablesPrefix + wanted.TableName);
  if (stored === undefined) await createTable(store, wanted);
  else await updateTable(store, stored, wanted);
  const expiry = wanted.TimeToLiveSpecification;
  await timeToLive.set(wanted.TableName, expiry?.Enabled ? expiry.AttributeName : undefined);
}

async function createTable(store: Store, wanted: TableProperties): Promise<void> {
  const {
    TimeToLiveSpecification: _,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
    ...rest
  } = wanted;
  const input = parseInput(store, 'CreateTable', {
    ...rest,
    ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
    ...(LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes }),
  });
  await runPlain(store, 'CreateTable', input);
  while (!(await isActive(store, wanted.TableName))) await delay(1);
}

async function isActive(store: Store, name: string): Promise<boolean> {
  const table = await store.db.get<TableDescription>(tablesPrefix + name);
  return table?.TableStatus === 'ACTIVE';
}

async function updateTable(
  store: Store,
  stored: TableDescription,
  wanted: TableProperties,
): Promise<void> {
  refuseReplacement(stored, wanted);
  const kept = stored.GlobalSecondaryIndexes ?? [];
  const added = wanted.GlobalSecondaryIndexes.filter((index) => !kept.some(isSameAs(index)));
  const removed = kept.filter((index) => !wanted.GlobalSecondaryIndexes.some(isSameAs(index)));
  if (added.length === 0 && removed.length === 0) return;
  for (const { IndexName } of [...removed, ...added]) {
    await store.db.clear(rangeOf(indexPrefix('Global', stored.TableName, IndexName)));
  }
  const updated = describeWith(store, stored, wanted, added);
  await backfill(store, updated, added);
  await store.db.put(tablesPrefix + stored.TableName, updated);
}

/** The table with its new set of indexes, described as dynalite describes those it creates. */
function describeWith(
  store: Store,
  table: TableDescription,
  wanted: TableProperties,
  added: readonly IndexProperties[],
): TableDescription {
  const arn = `arn:aws:dynamodb:${store.tableDb.awsRegion}:${store.tableDb.awsAccountId}:table/${table.TableName}`;
  const kept = (table.GlobalSecondaryIndexes ?? []).filter((index) =>
    wanted.GlobalSecondaryIndexes.some(isSameAs(index)),
  );
  const { GlobalSecondaryIndexes: _, ...rest } = table;
  const indexes = [
    ...kept,
    ...added.map((index) => ({
      ...index,
      IndexArn: `${arn}/index/${index.IndexName}`,
      IndexStatus: 'ACTIVE',
      IndexSizeBytes: 0,
      ItemCount: 0,
      ProvisionedThroughput: {
        ...(index.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }),
        NumberOfDecreasesToday: 0,
      },
    })),
  ];
  return {
    ...rest,
    AttributeDefinitions: wanted.AttributeDefinitions,
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

/** The entries come before the description: a start cut short in between begins again from nothing. */
async function backfill(
  store: Store,
  table: TableDescription,
  added: readonly IndexProperties[],
): Promise<void> {
  if (added.length === 0) return;
  let entries: BatchEntry[] = [];
  for await (const [, item] of store.db.iterator<Item>(rangeOf(itemsPrefix(table.TableName)))) {
    const { puts } = getIndexActions(added, null, item, table);
    for (const put of puts) {
      const key = indexPrefix('Global', table.TableName, put.index) + put.key;
      entries.push({ type: 'put', key, value: put.item });
    }
    if (entries.length >= backfillEntriesMax) {
      await store.db.batch(entries);
      entries = [];
    }
  }
  await store.db.batch(entries);
}

function isSameAs(one: Comparable): (other: Comparable) => boolean {
  return (other) => fingerprint(one) === fingerprint(other);
}

type Comparable = Pick<IndexDescription, 'IndexName' | 'KeySchema' | 'Projection'>;

function fingerprint({ IndexName, KeySchema, Projection }: Comparable): string {
  const keys = KeySchema.map(({ AttributeName, KeyType }) => [AttributeName, KeyType]);
  const projected = [...(Projection.NonKeyAttributes ?? [])].sort();
  return JSON.stringify([IndexName, keys, Projection.ProjectionType, projected]);
}

/** What CloudFormation answers with a new table, which a table with a given name cannot become. */
function refuseReplacement(stored: TableDescription, wanted: TableProperties): void {
  const before = keysOf(stored, stored.LocalSecondaryIndexes ?? []);
  const after = keysOf(wanted, wanted.LocalSecondaryIndexes);
  if (before !== after) {
    throw new Error(
      `Cannot update table ${wanted.TableName}: its keys and local indexes cannot change while it keeps its name; begin anew with --fresh: received ${after} for ${before}`,
    );
  }
}

function keysOf(
  table: Pick<TableDescription, 'KeySchema' | 'AttributeDefinitions'>,
  localIndexes: readonly Comparable[],
): string {
  const keys = table.KeySchema.map(({ AttributeName, KeyType }) => {
    const definition = table.AttributeDefinitions.find(
      (attribute) => attribute.AttributeName === AttributeName,
    );
    return [AttributeName, KeyType, definition?.AttributeType];
  });
  return JSON.stringify([keys, localIndexes.map(fingerprint).sort()]);
}
