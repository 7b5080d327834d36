import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orders } from '../../../cli/import/orders.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { pseudonymKey } from '../../fixtures/shop.ts';

let server: TestPostgres;
let admin: pg.Client;
let folder: string;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  const connection = await server.createDatabase();
  const { host, port, user, password, database } = connection;
  admin = new pg.Client(connection);
  await admin.connect();
  await migrate(admin, { pseudonymKey });
  folder = await mkdtemp(path.join(tmpdir(), 'shop-import-'));
  const databaseUrl = `postgres://${user}:${encodeURIComponent(String(password))}@${host}:${port}/${database}`;
  const nowhere = 'http://127.0.0.1:1';
  const endpoint = {
    ...{ apiUrl: nowhere, awsUrl: nowhere, controlUrl: nowhere, databaseUrl },
    ...{ stage: 'dev', pid: process.pid },
  };
  await writeFile(path.join(folder, 'endpoint.json'), JSON.stringify(endpoint));
  return async () => {
    await admin.end();
    await rm(folder, { recursive: true });
  };
});

async function imported(lines: readonly string[], ...args: readonly string[]): Promise<number> {
  const file = path.join(folder, 'orders.csv');
  await writeFile(file, `${lines.join('\n')}\n`);
  const format = ['--format', 'uci-online-retail', '--no-learn', '--data', folder];
  return orders.run([file, ...format, ...args]);
}

async function rows(sql: string): Promise<unknown[]> {
  return (await admin.query(sql)).rows;
}

const head = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const invoice = [
  'A1,OWL,TIN OWL,6,2011-03-04 08:26:00,2.55,4711.0,EIRE',
  'A1,CAT,"CAT, TIN",2,2011-03-04 08:26:00,10.10,4711.0,EIRE',
];
const cancellation = 'C2,OWL,TIN OWL,-1,2011-03-05 09:00:00,2.55,4711.0,EIRE';
const damaged = 'A3,CAT,,-4,2011-03-05 10:00:00,0.0,,United Kingdom';

describe('npm run import -- orders', () => {
  it('keeps times and prices, makes what is needed, and books a cancellation on its own day', async () => {
    expect(await imported([head, ...invoice, cancellation, damaged])).toBe(0);
    const sold = `select ordered_at, total, status, shipping_country, is_backfill, email
      from orders join customers on customers.id = customer_id order by ordered_at`;
    expect(await rows(sold)).toEqual([
      {
        ...{ ordered_at: new Date('2011-03-04T08:26:00Z'), total: '35.50', status: 'completed' },
        ...{ shipping_country: 'IE', is_backfill: true, email: '4711@uci-online-retail.example' },
      },
      expect.objectContaining({ total: '0.00', status: 'cancelled' }),
      expect.objectContaining({ shipping_country: 'GB', status: 'cancelled' }),
    ]);
    const items = `select sku, quantity, unit_price, is_backfill from order_items
      join products on products.id = product_id order by order_items.id`;
    expect(await rows(items)).toEqual([
      { sku: 'OWL', quantity: 6, unit_price: '2.55', is_backfill: true },
      { sku: 'CAT', quantity: 2, unit_price: '10.10', is_backfill: true },
    ]);
    const back = `select occurred_at, kind, amount, quantity, sku from order_adjustments
      join products on products.id = product_id order by order_adjustments.id`;
    expect(await rows(back)).toEqual([
      {
        ...{ occurred_at: new Date('2011-03-05T09:00:00Z'), kind: 'cancellation' },
        ...{ amount: '2.55', quantity: 1, sku: 'OWL' },
      },
      expect.objectContaining({ kind: 'cancellation', amount: '0.00', quantity: 4, sku: 'CAT' }),
    ]);
    expect(await rows('select name, stock, is_active, price from products order by sku')).toEqual([
      { name: 'CAT, TIN', stock: 0, is_active: false, price: '10.10' },
      { name: 'TIN OWL', stock: 0, is_active: false, price: '2.55' },
    ]);
  });

  it('keeps what breaks a rule, and writes down which and where', async () => {
    const large = 'A4,OWL,TIN OWL,1400,2011-03-05 11:00:00,40.00,,Atlantis';
    await imported([head, large, damaged]);
    const findings = `select line, reference, field, reason from private.import_findings
      join orders on orders.id = order_id order by line, field`;
    expect(await rows(findings)).toEqual([
      { line: 2, reference: 'A4', field: 'country', reason: expect.stringContaining('Atlantis') },
      { line: 2, reference: 'A4', field: 'customerId', reason: 'Must be given' },
      { line: 2, reference: 'A4', field: 'quantity', reason: expect.stringContaining('1400') },
      { line: 2, reference: 'A4', field: 'total', reason: expect.stringContaining('56000.00') },
      expect.objectContaining({ line: 3, reference: 'A3', field: 'customerId' }),
      expect.objectContaining({ line: 3, reference: 'A3', field: 'quantity' }),
      expect.objectContaining({ line: 3, reference: 'A3', field: 'total' }),
      expect.objectContaining({ line: 3, reference: 'A3', field: 'unitPrice' }),
    ]);
  });

  it('brings nothing new when the same file comes again', async () => {
    const counts = `select (select count(*) from orders) as orders,
      (select count(*) from order_items) as items, (select count(*) from customers) as customers,
      (select count(*) from order_adjustments) as adjustments,
      (select count(*) from private.import_findings) as findings`;
    await imported([head, ...invoice, cancellation, damaged]);
    const before = await rows(counts);
    await imported([head, ...invoice, cancellation, damaged]);
    expect(await rows(counts)).toEqual(before);
  });

  it('goes on where it broke off', async () => {
    await admin.query(`create function refuse_late() returns trigger language plpgsql as $$
      begin if new.quantity = 99 then raise exception 'the cable is cut'; end if; return new; end $$`);
    await admin.query(`create trigger cut before insert on order_items
      for each row execute function refuse_late()`);
    const many = Array.from(
      { length: 3_000 },
      (_, n) => `A${n},OWL,TIN OWL,${n === 2_900 ? 99 : 1},2011-03-04 08:26:00,1.00,7,France`,
    );
    await expect(imported([head, ...many])).rejects.toThrow('the cable is cut');
    expect(await rows('select count(*)::int as n from orders')).toEqual([{ n: 2_000 }]);
    await admin.query('drop trigger cut on order_items');
    await imported([head, ...many]);
    const sums = 'select count(*)::int as n, sum(quantity)::int as pieces from order_items';
    expect(await rows(sums)).toEqual([{ n: 3_000, pieces: 3_098 }]);
  });

  it('refuses a line that cannot be read, with the reason, and goes on', async () => {
    const refused = path.join(folder, 'refused.csv');
    const wrong = 'A1,OWL,TIN OWL,six,2011-03-04 08:26:00,2.55,4711.0,EIRE';
    expect(await imported([head, wrong, ...invoice, 'A9,OWL'], '--refused', refused)).toBe(1);
    expect(await readFile(refused, 'utf8')).toBe(
      'line,column,reason\n2,Quantity,"Must be a whole number: received ""six"""\n5,line,has 2 columns where the first line has 8\n',
    );
    expect(await rows('select count(*)::int as n from order_items')).toEqual([{ n: 2 }]);
  });

  it('says which columns a file lacks', async () => {
    await expect(imported(['InvoiceNo,StockCode,When', 'A1,OWL,today'])).rejects.toThrow(
      /not of format uci-online-retail.*Description, Quantity.*received columns InvoiceNo, StockCode, When/,
    );
  });

  it('shifts to now: at the pace of the file times the speed, as live events', async () => {
    const startMs = Date.now();
    const later = 'A5,OWL,TIN OWL,1,2011-03-04 09:26:00,2.55,4711.0,EIRE';
    const shift = ['--shift-to-now', '--speed', '7200'];
    await imported([head, later, ...invoice], ...shift);
    const found = await admin.query<{ ordered_at: Date }>(
      'select ordered_at from orders where not is_backfill order by ordered_at',
    );
    const [first = 0, second = 0] = found.rows.map(({ ordered_at }) => ordered_at.getTime());
    expect(first).toBeGreaterThanOrEqual(startMs);
    expect(second - first).toBe(500);
    await imported([head, later, ...invoice], ...shift);
    expect(await rows('select count(*)::int as n from orders')).toEqual([{ n: 4 }]);
  });

  it('prices what a file does not price as the shop does, else not at all', async () => {
    await admin.query(`insert into categories (name) values ('Owls')`);
    await admin.query(`insert into sellers (name, country) values ('Hoot', 'GB')`);
    await admin.query(`insert into products (sku, name, price, stock, category_id, seller_id)
      select 'rr-7', 'Owl', 4.20, 1, categories.id, sellers.id from categories, sellers`);
    const file = path.join(folder, 'events.csv');
    const columns = 'timestamp,visitorid,event,itemid,transactionid';
    const atMs = Date.UTC(2015, 5, 1);
    const lines = [`${atMs},1,view,7,`, `${atMs},1,transaction,7,5`, `${atMs},1,transaction,8,5`];
    await writeFile(file, `${[columns, ...lines].join('\n')}\n`);
    await orders.run([file, '--format', 'retail-rocket', '--no-learn', '--data', folder]);
    expect(await rows('select total from orders')).toEqual([{ total: '4.20' }]);
    const findings = 'select line, field, reason from private.import_findings order by line';
    expect(await rows(findings)).toEqual([
      { line: 3, field: 'unitPrice', reason: 'Is missing: the price of the shop is taken' },
      { line: 4, field: 'unitPrice', reason: 'Must be at least 0.01: received 0.00' },
    ]);
  });
});
