import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeChange } from '../../../../shared/changes/decode-change.ts';
import { lakeDataSets } from '../../../../shared/lake/data-sets.ts';
import { lakeRow } from '../../../../shared/lake/rows.ts';
import { type CapturedTable, capturedTables } from '../../../../shared/shop/captured-tables.ts';
import observed from '../../../fixtures/dms-records.json' with { type: 'json' };
import { type ColumnInfo, type Sample, samplesOf, secret, secretBytes } from './column-samples.ts';
import { type Life, liveThrough, loadedRow, writeSecrets } from './row-lives.ts';
import { type ShopCaptureRig, type StreamedChange, startShopCaptureRig } from './shop-rig.ts';

/*
 * Cases come from information_schema and the list of captured tables: a new column is covered by
 * being there. Fields and their order are those that were observed of DMS, in dms-records.json.
 */
let rig: ShopCaptureRig;
let columns: readonly ColumnInfo[];
let records: readonly StreamedChange[];
const firsts = new Set<unknown>();
const lives = new Map<string, readonly Life[]>();
const loaded = new Map<string, Life>();

const columnsOf = (table: string): readonly ColumnInfo[] =>
  columns.filter((each) => each.table_schema === 'public' && each.table_name === table);
const isCaptured = ({ table_schema: schema, table_name: table, column_name: column }: ColumnInfo) =>
  schema === 'public' &&
  capturedTables.some((each) => each.name === table && each.columns.includes(column));

beforeAll(async () => {
  rig = await startShopCaptureRig();
  columns = await rig.columns();
  for (const table of capturedTables) {
    loaded.set(table.name, await loadedRow(rig, table, columnsOf(table.name)));
  }
  const capture = await rig.capture();
  await capture.drain();
  for (const table of capturedTables) {
    lives.set(table.name, await liveThrough(rig, table, columnsOf(table.name)));
  }
  await rig.sql('create table newcomer (id bigint primary key, note varchar(50))');
  await rig.sql('alter table customers add column passport varchar(50)');
  await rig.sql('update customers set passport = $1', [secret]);
  await writeSecrets(
    rig,
    (await rig.columns()).filter((column) => !isCaptured(column)),
  );
  await capture.drain();
  records = rig.records();
}, 120_000);
afterAll(async () => await rig?.close());

const ofRow = (table: CapturedTable, keys: readonly string[]): readonly StreamedChange[] =>
  records.filter(
    ({ metadata, text }) =>
      metadata['table-name'] === table.name &&
      keys.some((key) => new RegExp(`"${table.primaryKey}":${key}[,}]`).test(text)),
  );

/** The columns in the table's order, each with the text that DMS writes of its value. */
const rowText = (table: CapturedTable, row: ReadonlyMap<string, Sample>): string => {
  const fields = columnsOf(table.name)
    .map(({ column_name: name }) => name)
    .filter((name) => table.columns.includes(name));
  return `{${fields.map((name) => `"${name}":${row.get(name)?.json}`).join(',')}}`;
};

describe.each(capturedTables.map((table) => [table.name, table] as const))('%s', (_, table) => {
  test('a row that was there comes as a load, without a transaction', () => {
    const life = loaded.get(table.name);
    const [record, ...others] = ofRow(table, [life?.key ?? '']);
    const row = `{"data":${rowText(table, life?.inserted ?? new Map())},`;
    expect(record?.text).toContain(row);
    // Writes to columns that stay inside show as changes of nothing.
    for (const { text } of others) expect(text).toContain(row);
    expect(Object.keys(record?.metadata ?? {})).toEqual(Object.keys(observed.load.metadata));
    expect(record?.metadata['operation']).toBe('load');
  });

  test('insert, update, change of key and delete carry every column exactly as DMS writes it', () => {
    const all = lives.get(table.name) ?? [];
    expect(all.length).toBeGreaterThan(3);
    for (const life of all) {
      const changes = ofRow(table, [life.key, life.movedKey]).toSorted(
        (a, b) => Number(a.metadata['transaction-id']) - Number(b.metadata['transaction-id']),
      );
      expect(changes.map(({ metadata }) => metadata['operation'])).toEqual([
        'insert',
        'update',
        'update',
        'delete',
      ]);
      const rows = [life.inserted, life.updated, life.moved, life.deleted];
      for (const [place, row] of rows.entries()) {
        const { text, keys } = changes[place] ?? {};
        expect(text).toContain(`{"data":${rowText(table, row)},`);
        expect(keys).toEqual(['data', 'metadata']);
      }
    }
  });

  test('metadata have the fields of DMS in its order, and name table, schema and key', () => {
    for (const life of lives.get(table.name) ?? []) {
      for (const { metadata, partitionKey } of ofRow(table, [life.key, life.movedKey])) {
        const fields = Object.keys(observed.insert.metadata);
        // The first transaction that a capture reads knows of none before it.
        const isFirst = !('prev-transaction-id' in metadata);
        expect(Object.keys(metadata)).toEqual(
          fields.filter((field) => !(isFirst && field.startsWith('prev-'))),
        );
        firsts.add(isFirst ? metadata['transaction-id'] : undefined);
        expect(metadata).toMatchObject({
          'record-type': 'data',
          'schema-name': 'public',
          'table-name': table.name,
          'partition-key-value': partitionKey,
        });
        const isKnown =
          metadata['operation'] !== 'delete' || table.partitionKey === table.primaryKey;
        expect(metadata['partition-key-type']).toBe(isKnown ? 'attribute-name' : 'primary-key');
        const ofKey = isKnown ? undefined : `public.${table.name}.${life.movedKey}`;
        expect(ofKey ?? partitionKey).toBe(partitionKey);
      }
    }
  });

  test('the changes of a row lie in one shard, in the order in which they committed', () => {
    for (const life of lives.get(table.name) ?? []) {
      const changes = ofRow(table, [life.key, life.movedKey]).filter(
        ({ metadata, data }) =>
          // A delete knows its key alone; a changed partition key is another row's.
          metadata['operation'] !== 'delete' && data['row_version'] !== 3,
      );
      expect(new Set(changes.map(({ shardId }) => shardId)).size).toBe(1);
      expect(changes.map(({ data }) => data['row_version'])).toEqual([1, 2]);
    }
  });

  test('every record decodes, to the row and identity that were written', () => {
    for (const life of lives.get(table.name) ?? []) {
      for (const { text, metadata, data } of ofRow(table, [life.key, life.movedKey])) {
        const decoded = decodeChange(Buffer.from(text));
        if (table.name === 'clock') {
          expect(decoded.kind).toBe(metadata['operation'] === 'delete' ? 'ignored' : 'tick');
          continue;
        }
        const key = String(data['row_version']) < '3' ? life.key : life.movedKey;
        const identity = metadata['operation'] === 'delete' ? 'd' : data['row_version'];
        expect(decoded).toMatchObject({
          kind: 'change',
          change: {
            operation: metadata['operation'],
            key: metadata['operation'] === 'delete' ? life.movedKey : key,
          },
        });
        if (decoded.kind !== 'change') continue;
        expect(decoded.change.eventId.endsWith(`|${identity}`)).toBe(true);
        for (const dataSet of lakeDataSets.filter(({ name }) => name === table.name)) {
          expect(Object.keys(lakeRow(dataSet, decoded.change, 0))).toEqual([
            ...dataSet.columns.map(({ name }) => name),
            '_partition',
          ]);
        }
      }
    }
  });
});

test('one transaction at most is the first', () => {
  firsts.delete(undefined);
  expect(firsts.size).toBeLessThanOrEqual(1);
});

test('every captured column was given every value of its type, and NULL where it may be', () => {
  const missing = columns.filter(isCaptured).flatMap((column) => {
    const { table_name: table, column_name: name } = column;
    const { primaryKey, partitionKey } = capturedTables.find((each) => each.name === table) ?? {};
    if ([primaryKey, partitionKey, 'row_version'].includes(name)) return [];
    const rows = (lives.get(table) ?? []).flatMap(({ inserted, updated }) => [inserted, updated]);
    return samplesOf(column)
      .filter((sample) => !rows.some((row) => row.get(name)?.json === sample.json))
      .map((sample) => `${table}.${name}: ${sample.json}`);
  });
  expect(missing).toEqual([]);
});

test('no column or table outside the allow-list ever appears, whatever is written into it', () => {
  for (const { metadata, data, text } of records) {
    const table = capturedTables.find(({ name }) => name === metadata['table-name']);
    expect(table).toBeDefined();
    expect(Object.keys(data).filter((column) => !table?.columns.includes(column))).toEqual([]);
    expect(text).not.toContain(secret);
    expect(text.toLowerCase()).not.toContain(secretBytes);
  }
});

test('what stays inside was indeed written', async () => {
  const inside = (await rig.columns()).filter((column) => !isCaptured(column));
  expect(inside.map(({ column_name: name }) => name)).toEqual(
    expect.arrayContaining([
      'email',
      'phone',
      'address',
      'ip',
      'shipping_address',
      'password_hash',
      'passport',
    ]),
  );
  const empty: string[] = [];
  for (const { table_schema: schema, table_name: table, column_name: column } of inside) {
    const [row] = await rig.sql(
      `select exists (select from ${schema}."${table}" where "${column}" is not null) as written`,
    );
    if (row?.['written'] !== true) empty.push(`${schema}.${table}.${column}`);
  }
  expect(empty).toEqual([]);
});

test.each(Object.entries(observed))('a record of DMS is read: %s', (_, { data, metadata }) => {
  expect(decodeChange(Buffer.from(JSON.stringify({ data, metadata })))).toEqual({
    kind: 'ignored',
  });
  const ours = {
    data: { row_version: 4, ...data },
    metadata: { ...metadata, 'table-name': 'categories' },
  };
  expect(decodeChange(Buffer.from(JSON.stringify(ours, null, 2)))).toMatchObject({
    kind: 'change',
    change: { table: 'categories', operation: metadata.operation, key: String(data.id) },
  });
});
