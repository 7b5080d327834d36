import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  allTables,
  type CaptureRig,
  dmsResources,
  startRig,
  tableMappings,
} from './capture-rig.ts';
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

test('startCapture() keeps the rows of a transaction together and numbers them', async () => {
  const capture = await rig.capture();
  await rig.sql('insert into orders select i, i, 1.10 from generate_series(1, 1200) as i');
  await rig.sql('insert into orders values (5000, 1, 0.00)');
  await capture.drain();
  const orders = received('orders').map(({ metadata }) => metadata);
  expect(orders.map((each) => each['transaction-record-id'])).toEqual([
    ...Array.from({ length: 1_200 }, (_, index) => index + 1),
    1,
  ]);
  expect(new Set(orders.slice(0, 1_200).map((each) => each['transaction-id'])).size).toBe(1);
  expect(orders.at(-1)).toMatchObject({
    'prev-transaction-id': orders[0]?.['transaction-id'],
    'prev-transaction-record-id': 1_200,
  });
  expect(rig.receiver.records.at(-1)?.text).toContain('"total":0.00');
});

test('startCapture() sends ticks in requests of their own, behind everything committed before', async () => {
  const capture = await rig.capture();
  await rig.sql('begin');
  await rig.sql('insert into orders values (1, 1, 1)');
  await rig.sql('update clock set ticked_at = now()');
  await rig.sql('insert into orders values (2, 1, 1)');
  await rig.sql('commit');
  await capture.drain();
  const tables = rig.receiver.requests
    .slice(1) // the first is the load
    .map((entries) => entries.map(({ json }) => json.metadata['table-name']));
  expect(tables.flat()).toEqual(['orders', 'clock', 'clock', 'orders']);
  for (const request of tables) expect(new Set(request).size).toBe(1);
  expect(capture.status()).toMatchObject({ ticksPut: 2, changesPut: 2 });
  expect(capture.status().lastTickMs).toBeGreaterThan(Date.now() - 5_000);
});

test('startCapture() repeats refused entries until all are in, the last copies of a key in order', async () => {
  const capture = await rig.capture();
  await capture.drain();
  rig.receiver.clear();
  let requests = 0;
  rig.receiver.refuse = (entries) => {
    requests += 1;
    if (requests % 5 === 0) return 500;
    return requests % 2 === 0
      ? entries.flatMap((_, index) => (index % 3 === 0 ? [index] : []))
      : [];
  };
  for (let batch = 0; batch < 10; batch += 1) {
    const values = Array.from(
      { length: 40 },
      (_, index) => `(${batch * 40 + index}, ${index % 4}, 1)`,
    );
    await rig.sql(`insert into orders values ${values.join()}`);
  }
  await capture.drain();
  const last = new Map<unknown, number>();
  rig.receiver.records.forEach(({ json }, index) => void last.set(json.data['id'], index));
  expect(last.size).toBe(400);
  for (const key of [0, 1, 2, 3]) {
    const ofKey = [...last].filter(([id]) => Number(id) % 4 === key).sort(([, a], [, b]) => a - b);
    const ids = ofKey.map(([id]) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  }
  expect(capture.status().retries).toBeGreaterThan(0);
});

test('startCapture() leaves a large unchanged value out of an update and says so', async () => {
  await rig.sql('alter table items alter column note set storage external');
  const capture = await rig.capture();
  await rig.sql(`insert into items (id, owner_id, note) values (1, 1, repeat('long ', 1000))`);
  await rig.sql('update items set price = 5 where id = 1');
  await capture.drain();
  const [inserted, updated] = received('items');
  expect(String(inserted?.data['note'])).toHaveLength(5_000);
  expect(updated?.data).toMatchObject({ id: 1, price: 5, name: null });
  expect(updated?.data).not.toHaveProperty('note');
  expect(updated?.metadata).toMatchObject({ 'unchanged-columns': ['note'] });
});

test('startCapture() goes on over a new column, a truncation and a restart of the database', async () => {
  const capture = await rig.capture();
  await rig.sql('insert into orders values (1, 1, 1)');
  await rig.sql('alter table orders add column added int default 3');
  await rig.sql('insert into orders values (2, 1, 1)');
  await rig.sql('truncate orders');
  await rig.restartDatabase();
  await rig.sql('insert into orders values (3, 1, 1)');
  await expect.poll(() => capture.status().state, { timeout: 10_000 }).toBe('streaming');
  await capture.drain();
  // What was not acknowledged when the server went comes twice; an unfinished load, too.
  const inserts = received('orders').filter(({ metadata }) => metadata['operation'] === 'insert');
  const rows = new Set(inserts.map(({ data }) => JSON.stringify(data)));
  expect([...rows]).toEqual(
    [1, 2, 3].map((id) => JSON.stringify({ id, customer_id: 1, total: 1 })),
  );
  expect(rig.lines.join()).toContain('table public.orders was truncated');
});

test('startCapture() loads a table that the mappings name later, and goes on where it was', async () => {
  const some = { ...dmsResources.replication, TableMappings: tableMappings(['orders', 'clock']) };
  const first = await rig.capture({ replication: some });
  await rig.sql('insert into orders values (1, 1, 1)');
  await first.drain();
  await first.stop();
  await rig.sql('insert into orders values (2, 1, 1)');
  await insertItem(1);
  const all = { ...dmsResources.replication, TableMappings: tableMappings(allTables) };
  const second = await rig.capture({ replication: all });
  await rig.sql('insert into orders values (3, 1, 1)');
  await second.drain();
  const seen = (table: string) =>
    received(table).map(({ data, metadata }) => [metadata['operation'], data['id']]);
  expect(seen('orders')).toEqual([
    ['insert', 1],
    ['insert', 2],
    ['insert', 3],
  ]);
  expect(seen('items')).toEqual([['load', 1]]);
});

test('startCapture() loads everything again when PostgreSQL gave up its slot', async () => {
  const first = await rig.capture();
  await rig.sql('insert into orders values (1, 1, 1)');
  await first.drain();
  await first.stop();
  await expect
    .poll(async () => (await rig.sql('select from pg_replication_slots where active')).length)
    .toBe(0);
  await rig.sql(`select pg_drop_replication_slot('shop_capture')`);
  rig.receiver.clear();
  const second = await rig.capture();
  await second.drain();
  expect(received('orders').map(({ metadata }) => metadata['operation'])).toEqual(['load']);
});

test('startCapture() fails for a row that is larger than a stream takes, and says which', async () => {
  await rig.sql('alter table items alter column note type varchar(2000000)');
  const capture = await rig.capture();
  await rig.sql(`insert into items (id, owner_id, note) values (1, 77, repeat('x', 1100000))`);
  await expect.poll(() => capture.status().state).toBe('failed');
  expect(capture.status().lastError).toMatch(
    /Cannot capture row: it is larger .* public\.items with key "77"/,
  );
  await expect(capture.drain()).rejects.toThrow(/Cannot drain capture: it does not run/);
  // Its commit came in the same packet, and must not have been acknowledged.
  await capture.stop();
  const again = await rig.capture();
  await expect.poll(() => again.status().state).toBe('failed');
});

test('startCapture() refuses what it cannot begin with', async () => {
  const missing = tableMappings(['orders']);
  const text = JSON.stringify(missing).replaceAll('orders', 'invoices');
  await expect(
    rig.capture({ replication: { ReplicationType: 'cdc', TableMappings: text } }),
  ).rejects.toThrow(
    'Cannot plan capture: the database has no such table: received "public.invoices"',
  );
  await expect(rig.capture({ connection: { ...rig.user, password: 'wrong' } })).rejects.toThrow(
    /password authentication failed/,
  );
  await expect(
    rig.capture({ target: { KinesisSettings: { MessageFormat: 'json' } } }),
  ).rejects.toThrow(
    'Cannot play replication: MessageFormat must be json-unformatted: received "json"',
  );
});
