import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DatabaseConnection } from '../../../infra/local/database/connection.ts';
import { migrate } from '../../../shared/shop/migrate.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';

let server: TestPostgres;
let connection: DatabaseConnection;
let db: pg.Client;
let folder: string;

beforeAll(async () => {
  server = await startPostgres();
  folder = await mkdtemp(path.join(tmpdir(), 'import-'));
});

beforeEach(async () => {
  connection = await server.createDatabase();
  db = new pg.Client(connection);
  await db.connect();
  await migrate(db, { pseudonymKey: 'a key for tests alone' });
  const { host, port, user, password, database } = connection;
  await writeFile(
    path.join(folder, 'endpoint.json'),
    JSON.stringify({
      apiUrl: 'http://127.0.0.1:1',
      awsUrl: 'http://127.0.0.1:1',
      controlUrl: 'http://127.0.0.1:1/local',
      databaseUrl: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
      stage: 'dev',
      pid: process.pid,
    }),
  );
  return () => db.end();
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function imported(content: string, ...args: string[]) {
  const file = path.join(folder, 'products.csv');
  await writeFile(file, content);
  return command(file, ...args);
}

function command(...args: readonly string[]) {
  const script = path.join(import.meta.dirname, '../../../cli/import.ts');
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [script, 'catalogue', ...args, '--data', folder],
      (_, out, error) => resolve({ code: child.exitCode ?? -1, out, error }),
    );
  });
}

async function rows(sql: string): Promise<unknown[]> {
  return (await db.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
}

test('import catalogue makes products with their categories and sellers, and changes them by sku', async () => {
  const first = await imported(
    'SKU;Title;Unit Price;Stock;Category;Vendor\nA-1;Lamp;"1.299,50";3;Lights;Lux\nA-2;Chair;40;;;\n',
    ...['--delimiter', ';', '--json', '--country', 'PT'],
  );
  expect(first.error).toMatch(/^lines {2}2 in /);
  expect(JSON.parse(first.out)).toMatchObject({
    ...{ lines: 2, made: 2, changed: 0, unchanged: 0, refused: 0 },
    ...{ categoriesMade: 2, sellersMade: 2 },
  });
  expect(first.code).toBe(0);
  const again = await imported('sku,name,price\nA-1,Lamp,1299.50\nA-2,Chair,45\n', '--json');
  expect(JSON.parse(again.out)).toMatchObject({
    ...{ made: 0, changed: 1, unchanged: 1, categoriesMade: 0, sellersMade: 0 },
  });
  expect(
    await rows(`select sku, price, stock, categories.name, sellers.name, country,
        products.row_version::int
      from products join categories on categories.id = category_id
        join sellers on sellers.id = seller_id order by sku`),
  ).toEqual([
    ['A-1', '1299.50', 3, 'Lights', 'Lux', 'PT', 1],
    ['A-2', '45.00', 0, 'Other', 'Own range', 'PT', 2],
  ]);
});

test('import catalogue refuses a line with its number, column and reason, and takes the rest', async () => {
  const refused = path.join(folder, 'refused.csv');
  const { code, out, error } = await imported(
    'id,name,Cost\n1,"two\nlines",1\n2,Cup,ten\n3,Mug\n4,Jug,4.999\n5,Pot,5\n5,Pan,6\n',
    ...['--map', 'price=Cost', '--refused', refused],
  );
  expect(code).toBe(1);
  expect(out).toMatch(/^6 lines into the shop of the local cloud/);
  expect(out).toMatch(/^new products +1$/m);
  expect(error).toContain('Refused: 4 lines\n  line 2, name: Must not hold control characters');
  expect((await readFile(refused, 'utf8')).split('\n').slice(0, 5)).toEqual([
    'line,column,reason',
    '2,name,Must not hold control characters or line breaks',
    '4,Cost,"Must be a price to the cent, like 12.50: received ""ten"""',
    '5,line,has 2 columns where the first line has 3',
    '6,Cost,"Must be a price to the cent, like 12.50: received ""4.999"""',
  ]);
  expect(await rows('select name, price from products')).toEqual([['Pan', '6.00']]);
});

test('import catalogue explains what it misses before it writes anything', async () => {
  const { code, error } = await imported('id,category_name\n1,Beads\n');
  expect(code).toBe(1);
  expect(error).toBe(
    'Cannot import: no column for name, price; name it with --map name=Column: received columns id, category_name\n',
  );
  expect((await command()).error).toBe('Cannot import: one file is expected: received none\n');
  expect((await command('none.csv')).error).toContain('there is none: received "none.csv"');
  expect((await command('a.csv', '--only', 'sellers')).error).toContain('--only takes categories');
  expect((await command('a.csv', '--country', 'Brazil')).error).toContain('must be two letters');
});

test('import catalogue takes categories alone', async () => {
  const { out } = await imported('id,category_name\n1,Beads\n2,Looms\n', '--only', 'categories');
  expect(out).toMatch(/^new categories +2$/m);
  expect(await rows('select name from categories order by id')).toEqual([['Beads'], ['Looms']]);
});

const real = path.join(process.env['REAL_DATA'] ?? 'none', 'eshop-dotnet/CatalogItems.csv');
test.skipIf(!existsSync(real))(
  'import catalogue takes a real catalogue ($REAL_DATA), twice',
  async () => {
    const args = [
      real,
      '--json',
      '--map',
      'category=CatalogTypeId',
      '--map',
      'brand=CatalogBrandId',
    ];
    expect(JSON.parse((await command(...args)).out)).toMatchObject({ made: 3_676, refused: 0 });
    expect(JSON.parse((await command(...args)).out)).toMatchObject({ made: 0, unchanged: 3_676 });
  },
);
