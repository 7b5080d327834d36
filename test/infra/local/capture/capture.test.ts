import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CaptureRig, startRig, tableMappings } from './capture-rig.ts';
import type { ChangeRecord } from './stream-receiver.ts';

let rig: CaptureRig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => await rig.reset());
afterAll(async () => await rig?.close());

const received = (table: string): readonly ChangeRecord[] =>
  rig.receiver.records
    .map(({ json }) => json)
    .filter(({ metadata }) => metadata['table-name'] === table);

/** Inserts an item under the values that are hardest to carry. */
async function insertItem(id: number): Promise<void> {
  await rig.sql(
    `insert into items values ($1, 7, 'Jane "é"', '', 19.90, 9007199254740993, -3, 0.1, true,
      '\\x80057d942e', '2026-02-28', '2022-12-18 19:28:42', '2022-12-18 21:28:42.4425+02', 'pssst')`,
    [id],
  );
}

const rowText =
  '"owner_id":7,"name":"Jane \\"é\\"","note":"","price":19.90,"big":9007199254740993,"small":-3,' +
  '"ratio":0.1,"active":true,"photo":"80057D942E","born":"2026-02-28",' +
  '"seen":"2022-12-18T19:28:42Z","changed":"2022-12-18T19:28:42.442500Z","row_version":1';

test('startCapture() sends existing rows as load records without a transaction', async () => {
  await insertItem(42);
  const capture = await rig.capture();
  await capture.drain();
  const [record] = rig.receiver.records.filter(({ partitionKey }) => partitionKey === '7');
  expect(record?.text).toMatch(
    /^\{"data":\{"id":42,.*\},"metadata":\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",/,
  );
  expect(record?.text).toContain(`"data":{"id":42,${rowText}}`);
  expect({ ...record?.json.metadata, timestamp: '' }).toEqual({
    timestamp: '',
    'record-type': 'data',
    operation: 'load',
    'partition-key-type': 'attribute-name',
    'partition-key-value': '7',
    'schema-name': 'public',
    'table-name': 'items',
  });
  expect(received('clock').map(({ metadata }) => metadata['operation'])).toEqual(['load', 'load']);
});

test('startCapture() sends an insert, an update, a change of key and a delete as DMS does', async () => {
  const capture = await rig.capture();
  await insertItem(46);
  await rig.sql(`update items set name = null, photo = null, active = false where id = 46`);
  await rig.sql('update items set id = 45 where id = 46');
  await rig.sql('delete from items where id = 45');
  await capture.drain();
  const [inserted, updated, moved, deleted] = received('items');
  const transactions = received('items').map(({ metadata }) => metadata['transaction-id']);
  expect(Object.keys(inserted ?? {})).toEqual(['data', 'metadata']);
  const places = received('items').map(({ metadata }) => {
    const position = String(metadata['stream-position']);
    expect(position).toMatch(/^([0-9A-F]{8}\/[0-9A-F]{8})\.1\.\1$/);
    expect(metadata['commit-timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);
    return position;
  });
  expect(places).toEqual(places.toSorted());
  const constant = { timestamp: '', 'commit-timestamp': '', 'stream-position': '' };
  expect({ ...inserted?.metadata, ...constant }).toEqual({
    ...constant,
    'record-type': 'data',
    operation: 'insert',
    'partition-key-type': 'attribute-name',
    'partition-key-value': '7',
    'schema-name': 'public',
    'table-name': 'items',
    'transaction-id': transactions[0],
    'transaction-record-id': 1,
  });
  expect(updated?.['before-image']).toEqual({});
  expect(updated?.data).toMatchObject({ id: 46, name: null, photo: null, active: false });
  expect(updated?.metadata).toMatchObject({
    operation: 'update',
    'transaction-id': transactions[1],
    'prev-transaction-id': transactions[0],
    'prev-transaction-record-id': 1,
  });
  expect(moved?.['before-image']).toEqual({ id: 46 });
  expect(moved?.data).toMatchObject({ id: 45, price: 19.9 });
  expect(Object.keys(deleted ?? {})).toEqual(['data', 'metadata']);
  expect(deleted?.data).toEqual({
    ...Object.fromEntries(Object.keys(inserted?.data ?? {}).map((column) => [column, null])),
    id: 45,
  });
  // The log of a delete has the key alone, so the mapped column cannot be the partition key.
  expect(deleted?.metadata).toMatchObject({
    operation: 'delete',
    'partition-key-type': 'primary-key',
    'partition-key-value': 'public.items.45',
  });
});

test('startCapture() sends nothing outside the mapped tables and columns', async () => {
  const capture = await rig.capture();
  await insertItem(1);
  await rig.sql(`insert into hidden values (1, 'pssst')`);
  await rig.sql(`update items set secret = 'pssst again'`);
  await capture.drain();
  expect(received('items')).toHaveLength(2);
  expect(received('hidden')).toEqual([]);
  expect(rig.receiver.records.map(({ text }) => text).join()).not.toContain('pssst');
  const readable = await rig.sql(
    `select attnames::text[] as columns from pg_publication_tables where tablename = 'items'`,
  );
  expect(readable[0]?.['columns']).not.toContain('secret');
});
