import { createHmac } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabaseConnection } from '../../../infra/local/database/connection.ts';
import { capturedTables } from '../../../shared/shop/captured-tables.ts';
import { keyedHash } from '../../../shared/shop/keyed-hash.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { setPasswords } from '../../../shared/shop/set-passwords.ts';
import { passwords, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';

const pseudonymKey = 'a key of more than sixty-four bytes, so that it has to be hashed first …';
let server: TestPostgres;
let database: DatabaseConnection;
let admin: pg.Client;
let applied: readonly string[];

async function connect(over: Partial<DatabaseConnection> = {}): Promise<pg.Client> {
  const client = new pg.Client({ ...database, ...over });
  await client.connect();
  return client;
}

async function column(client: pg.Client, sql: string, params: unknown[] = []): Promise<unknown[]> {
  const { rows } = await client.query<unknown[]>({ text: sql, values: params, rowMode: 'array' });
  return rows.map(([first]) => first);
}

beforeAll(async () => {
  server = await startPostgres();
  database = await server.createDatabase();
  admin = await connect();
  applied = await migrate(admin, { pseudonymKey });
  await setPasswords(admin, { shop_app: passwords.app, shop_capture: passwords.capture });
  await admin.query(`
    insert into categories (name) values ('Books');
    insert into sellers (name, country) values ('Ink & Paper', 'BR');
    insert into products (sku, name, price, stock, category_id, seller_id)
      values ('B-1', 'Atlas', 19.90, 5, 1, 1);
    insert into customers (first_name, last_name, email, phone, country)
      values ('Ana', 'Lima', ' Ana.LIMA@example.com ', '+55 11 5555', 'BR');
    insert into orders (customer_id, total, shipping_country, shipping_address, ip, device_id)
      values (1, 19.90, 'BR', 'Rua A, 1', '203.0.113.7', 'phone-1');
    insert into order_items (order_id, customer_id, product_id, category_id, seller_id, quantity,
      unit_price) values (1, 1, 1, 1, 1, 1, 19.90)`);
});

afterAll(async () => {
  await admin?.end();
  await server?.stop();
});

test('migrate() applies every file once, in order', async () => {
  expect(applied[0]).toBe('0001-keyed-hash.sql');
  expect(applied).toEqual([...applied].sort());
  expect(await column(admin, 'select name from private.migrations order by name')).toEqual(applied);
  expect(await migrate(admin, { pseudonymKey })).toEqual([]);
});

test('migrate() called by several at once applies every file once', async () => {
  const other = await server.createDatabase();
  const clients = await Promise.all([1, 2, 3].map(() => connect(other)));
  const names = await Promise.all(clients.map((client) => migrate(client, { pseudonymKey })));
  expect(names.flat().sort()).toEqual(applied);
  await Promise.all(clients.map((client) => client.end()));
});

test('migrate() refuses an applied file that has changed, and a second key', async () => {
  const copy = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  const folder = pathToFileURL(`${copy}/`);
  const source = new URL('../../../shared/shop/migrations/', import.meta.url);
  await cp(fileURLToPath(source), copy, { recursive: true });
  const file = path.join(copy, '0006-clock.sql');
  const script = await readFile(file, 'utf8');
  await writeFile(file, script.replaceAll('\n', '\r\n'));
  expect(await migrate(admin, { pseudonymKey, folder })).toEqual([]);
  await writeFile(file, `${script}\nselect 1;`);
  await expect(migrate(admin, { pseudonymKey, folder })).rejects.toThrow(
    'Cannot migrate shop: "0006-clock.sql" was applied and has changed since',
  );
  await rm(copy, { recursive: true });
  await expect(migrate(admin, { pseudonymKey: `${pseudonymKey}!` })).rejects.toThrow(
    'the pseudonym key is not the one in use',
  );
  await expect(migrate(admin, { pseudonymKey: 'short' })).rejects.toThrow('at least 16 characters');
});

test('migrate() leaves nothing of a file that fails, and names it', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  await writeFile(
    path.join(folder, '0001-a.sql'),
    'create table half (id int); create table half ();',
  );
  const client = await connect(await server.createDatabase());
  await expect(
    migrate(client, { pseudonymKey, folder: pathToFileURL(`${folder}/`) }),
  ).rejects.toThrow('Cannot migrate shop: "0001-a.sql" does not run: error: relation "half"');
  expect(await column(client, `select to_regclass('half')`)).toEqual([null]);
  await client.end();
  await rm(folder, { recursive: true });
});

test('every captured column exists, bounded, and shop_capture may read these and no others', async () => {
  for (const table of capturedTables) {
    const { rows } = await admin.query(
      `select column_name as name, data_type as type, character_maximum_length as length,
         has_column_privilege('shop_capture', $1, column_name, 'select') as readable
       from information_schema.columns where table_schema = 'public' and table_name = $1`,
      [table.name],
    );
    const readable = rows.filter((row) => row.readable).map((row) => row.name);
    expect(readable.sort(), table.name).toEqual([...table.columns].sort());
    expect(rows.map((row) => row.type)).not.toContain('text');
    for (const row of rows) {
      if (row.type === 'character varying') expect(row.length, row.name).toBeGreaterThan(0);
      expect(row.type, row.name).not.toMatch(/json|timestamp without|double|real|money|ARRAY/);
    }
  }
  const capture = await connect({ user: 'shop_capture', password: passwords.capture });
  await expect(capture.query('select email from customers')).rejects.toThrow('permission denied');
  await expect(capture.query('select 1 from private.credentials')).rejects.toThrow(
    'permission denied for schema private',
  );
  await capture.end();
});

test('every table of the shop has a primary key and the default replica identity', async () => {
  const names = capturedTables.map(({ name }) => name).sort();
  const tables = `select relname::text from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relreplident = 'd'
      and exists (select from pg_index where indrelid = pg_class.oid and indisprimary)
    order by relname`;
  expect((await column(admin, tables)).sort()).toEqual(names);
});

test('an update raises row_version, whoever writes and whatever they wrote', async () => {
  await admin.query('update products set stock = 4, row_version = 77 where id = 1');
  await admin.query('update products set stock = 5 where id = 1');
  const [row] = (
    await admin.query('select row_version, updated_at > created_at as later from products')
  ).rows;
  expect(row).toEqual({ row_version: '3', later: true });
});

test('keys stay as they are, facts stay whole, nothing is truncated', async () => {
  const refused: [string, string][] = [
    ['update orders set customer_id = 2', 'customer_id is a key and stays as it is'],
    ['update products set id = default', 'id is a key and stays as it is'],
    ["update clock set partition_key = 'x' where slice = 0", 'partition_key is a key'],
    ['update order_items set quantity = 2', 'its rows are facts'],
    ['delete from order_items', 'its rows are facts'],
    [
      `insert into order_reviews (order_id, customer_id, verdict, source)
       values (1, 1, 'fraud', 'operator'); delete from order_reviews`,
      'Cannot delete order_reviews: its rows are facts',
    ],
    ['truncate order_adjustments', 'the change capture would not see it'],
  ];
  for (const [sql, message] of refused) await expect(admin.query(sql)).rejects.toThrow(message);
});

test('contact data, address and network address are hashed by the database', async () => {
  const [customer] = (
    await admin.query('select email_hash, phone_hash, address_hash from customers')
  ).rows;
  const hash = (text: string) => createHmac('sha256', pseudonymKey).update(text).digest('hex');
  expect(customer).toEqual({
    email_hash: hash('ana.lima@example.com'),
    phone_hash: hash('+55 11 5555'),
    address_hash: null,
  });
  const [order] = (await admin.query('select ip_hash, shipping_address_hash from orders')).rows;
  expect(order).toEqual({ ip_hash: hash('203.0.113.7'), shipping_address_hash: hash('rua a, 1') });
});

test('a payment carries device and address of its order', async () => {
  await admin.query(`insert into payments (order_id, customer_id, method, amount, status,
    transaction_id, device_id) values (1, 1, 'pix', 19.90, 'declined', 't-1', 'forged')`);
  const { rows } = await admin.query(`select p.device_id,
    p.shipping_address_hash = o.shipping_address_hash as same
    from payments p join orders o on o.id = p.order_id`);
  expect(rows).toEqual([{ device_id: 'phone-1', same: true }]);
});

test('an order carries what its customer was when it was placed, whatever happens later', async () => {
  const hash = (text: string) => createHmac('sha256', pseudonymKey).update(text).digest('hex');
  const read = `select orders.customer_since = customers.created_at as since, customer_hash as customer,
    orders.email_hash as mailbox from orders join customers on customers.id = customer_id
    where orders.id = 1`;
  const expected = { since: true, customer: hash('1'), mailbox: hash('ana.lima@example.com') };
  expect((await admin.query(read)).rows).toEqual([expected]);
  await admin.query(`update customers set email = 'else@example.com' where id = 1`);
  await admin.query(`update orders set status = 'paid', customer_hash = 'forged', email_hash = null,
    ip_hash = 'forged' where id = 1`);
  expect((await admin.query(read)).rows).toEqual([expected]);
  expect(await column(admin, 'select ip_hash from orders where id = 1')).toEqual([
    hash('203.0.113.7'),
  ]);
  await admin.query(`update orders set ip = '203.0.113.8' where id = 1`);
  expect(await column(admin, 'select ip_hash from orders where id = 1')).toEqual([
    hash('203.0.113.8'),
  ]);
});

test.each([
  ['Ana.Lima+shop@Example.com', 'ana.lima@example.com'],
  ['Ana.L.ima+a+b@gmail.com', 'analima@gmail.com'],
  [' analima@googlemail.com ', 'analima@gmail.com'],
  ['+ana@example.com', '+ana@example.com'],
])('%j is an address of the mailbox %j', async (address, mailbox) => {
  expect(await column(admin, 'select private.mailbox_of($1)', [address])).toEqual([mailbox]);
});

test('a payment and a review carry what the order carries', async () => {
  await admin.query(`insert into payments (order_id, customer_id, method, amount, status,
      transaction_id, card_fingerprint, attempted_at, ip_hash)
    values (1, 1, 'debit_card', 5, 'declined', 't-2', 'card', '2026-01-01Z', 'forged'),
      (1, 1, 'pix', 5, 'declined', 't-3', null, '2026-01-02Z', null)`);
  await admin.query(`insert into order_reviews (order_id, customer_id, verdict, source, device_id)
    values (1, 1, 'fraud', 'chargeback', 'forged')`);
  const { rows } = await admin.query(`select
      (select row(p.ip_hash, p.shipping_country, p.customer_since, p.customer_hash, p.email_hash,
        p.order_total, p.ordered_at)::text from payments p where transaction_id = 't-2') as payment,
      (select row(o.ip_hash, o.shipping_country, o.customer_since, o.customer_hash, o.email_hash,
        o.total, o.ordered_at)::text from orders o where id = 1) as "order",
      (select row(r.device_id, r.ip_hash, r.customer_hash, r.email_hash, r.order_total,
        r.ordered_at, r.card_fingerprint)::text
        from order_reviews r order by id desc limit 1) as review,
      (select row(o.device_id, o.ip_hash, o.customer_hash, o.email_hash, o.total, o.ordered_at,
        'card')::text from orders o where id = 1) as reviewed`);
  expect(rows[0].payment).toBe(rows[0].order);
  expect(rows[0].review).toBe(rows[0].reviewed);
});

test('a line carries the customer as clicks know them, whatever is written', async () => {
  const client = await connect();
  await client.query('begin');
  await client.query(`insert into order_items (order_id, customer_id, product_id, category_id,
      seller_id, quantity, unit_price, customer_hash)
    select order_id, customer_id, product_id, category_id, seller_id, 1, 1, 'forged'
    from order_items limit 1`);
  const { rows } = await client.query(`select i.customer_hash = o.customer_hash as same
    from order_items i join orders o on o.id = i.order_id`);
  await client.query('rollback');
  await client.end();
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.every(({ same }) => same)).toBe(true);
});

test('orders and payments from before they carried anything get what is known', async () => {
  const older = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  const ours = fileURLToPath(new URL('../../../shared/shop/migrations/', import.meta.url));
  await cp(ours, older, { recursive: true, filter: (file) => !file.includes('0015-') });
  const client = await connect(await server.createDatabase());
  await migrate(client, { pseudonymKey, folder: pathToFileURL(`${older}/`) });
  await rm(older, { recursive: true });
  await client.query(`
    insert into customers (first_name, last_name, email, country, created_at)
      values ('Ana', 'Lima', 'ana+shop@example.com', 'BR', '2025-01-01Z');
    insert into orders (customer_id, total, shipping_country, ip, ordered_at)
      values (1, 19.90, 'BR', '203.0.113.7', '2025-02-01Z');
    insert into payments (order_id, customer_id, method, amount, status, transaction_id, paid_at,
      is_backfill, created_at)
      values (1, 1, 'pix', 5, 'approved', 't-1', '2025-02-02Z', true, '2026-01-01Z'),
        (1, 1, 'pix', 5, 'declined', 't-2', null, true, '2026-01-01Z'),
        (1, 1, 'pix', 5, 'declined', 't-3', null, false, '2025-02-03Z')`);
  expect((await migrate(client, { pseudonymKey })).at(0)).toBe('0015-fraud.sql');
  const { rows } = await client.query(`select p.attempted_at, p.ordered_at, p.customer_since,
      p.ip_hash = o.ip_hash and p.customer_hash = o.customer_hash and p.email_hash = o.email_hash
        and p.order_total = o.total and o.email_hash = keyed_hash('ana@example.com')
        and o.customer_hash = keyed_hash('1') as same
    from payments p join orders o on o.id = p.order_id order by p.id`);
  const known = {
    ordered_at: new Date('2025-02-01Z'),
    customer_since: new Date('2025-01-01Z'),
    same: true,
  };
  expect(rows).toEqual([
    { attempted_at: new Date('2025-02-02Z'), ...known },
    { attempted_at: new Date('2025-02-01Z'), ...known },
    { attempted_at: new Date('2025-02-03Z'), ...known },
  ]);
  await client.end();
});

test('keyed_hash() equals keyedHash() and an HMAC of Node for any text', async () => {
  const alphabet = fc.constantFrom(...'aZ9 \t\n\u00a0éÉßŞİıΣς漢😀@.+-\u3000');
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: alphabet, maxLength: 200 }), async (text) => {
      const [hash] = await column(admin, 'select keyed_hash($1)', [text]);
      expect(hash).toBe(keyedHash(pseudonymKey, text));
      const plain = text.trim().toLowerCase();
      expect(hash).toBe(createHmac('sha256', pseudonymKey).update(plain).digest('hex'));
    }),
  );
});

test('the clock has a row in every eighth of the hash space and ticks forwards', async () => {
  const { rows } = await admin.query('select slice, md5(partition_key) from clock order by slice');
  expect(rows.map((row) => Number.parseInt(row.md5[0], 16) >> 1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  await admin.query('select tick_clock()');
  const before = await column(admin, 'select ticked_at::text from clock order by slice');
  const clients = await Promise.all([connect(), connect(), connect(), connect()]);
  await Promise.all(
    clients.map(async (client) => {
      for (let tick = 0; tick < 3; tick++) await client.query('select tick_clock()');
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
  const after = await column(admin, 'select ticked_at::text from clock order by slice');
  for (const [slice, ticked] of after.entries())
    expect(String(ticked) > String(before[slice])).toBe(true);
  expect(await column(admin, 'select min(row_version)::int from clock')).toEqual([14]);
});

test('shop_app can do its work and no more', async () => {
  const app = await connect({ user: 'shop_app', password: passwords.app });
  const [id] = await column(
    app,
    `insert into customers (first_name, last_name, email, country)
     values ('Rui', 'Sá', 'rui@example.com', 'PT') returning id`,
  );
  await app.query('select store_credentials($1, $2)', [id, 'hash']);
  await expect(app.query('select store_credentials($1, $2)', [id, 'other'])).rejects.toThrow(
    'duplicate key',
  );
  const denied = [
    'select password_hash from private.credentials',
    'select inner_block from private.pseudonym_key',
    'select email from customers',
    'select shipping_address from orders',
    'update products set created_at = now()',
    'delete from products',
    'update orders set total = 0',
    'update orders set ordered_at = now()',
    'update payments set amount = 0',
    'update payments set decision = null',
    'update orders set email_hash = null',
    'update order_reviews set verdict = null',
    'update shipments set is_backfill = true',
    'update order_adjustments set amount = 0',
    'delete from orders',
    'delete from categories',
    'select tick_clock()',
    `select private.set_password('shop_app', 'x')`,
    'create table mine (id int)',
  ];
  for (const sql of denied) await expect(app.query(sql), sql).rejects.toThrow('permission denied');
  const [order] = await column(
    app,
    `insert into orders (customer_id, total, shipping_country, ip) values ($1, 5, 'PT', '192.0.2.1')
     returning id`,
    [id],
  );
  await app.query(`update orders set review = 'open' where id = $1`, [order]);
  await app.query(
    `insert into order_reviews (order_id, customer_id, verdict, source, reviewer, reviewed_at)
     values ($1, $2, 'legitimate', 'operator', 'eva', now())`,
    [order, id],
  );
  expect(
    await column(app, 'select reviewer from order_reviews where order_id = $1', [order]),
  ).toEqual(['eva']);
  expect(await column(app, 'show transaction_timeout')).toEqual(['5s']);
  await app.end();
});
