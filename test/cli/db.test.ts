import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PlayedService } from '../../infra/local/service.ts';
import { serveAws } from '../fixtures/aws-endpoint.ts';
import { passwords, startPostgres, type TestPostgres } from '../fixtures/postgres.ts';

const secretTexts = new Map([
  ['dev/pseudonym-key', 'a key of the tests, long enough to be one'],
  ['dev/database/app', JSON.stringify({ password: passwords.app })],
  ['dev/database/capture', JSON.stringify({ password: passwords.capture })],
]);
/** The one operation of Secrets Manager that the command needs. */
const secrets: PlayedService = {
  signingName: 'secretsmanager',
  permissions: () => [],
  async handle({ body }) {
    const { SecretId } = JSON.parse(String(body));
    return { status: 200, body: JSON.stringify({ SecretString: secretTexts.get(SecretId) }) };
  },
  close: async () => {},
};
/** What the local cloud's control address tells of a capture that does not run. */
const stopped = {
  ...{ state: 'stopped', slot: 'shop_capture', publication: 'shop', tables: [], queued: 0 },
  ...{ acknowledgedLsn: null, lastCommitMs: null, lastTickMs: null, lastError: null },
  ...{ rowsLoaded: 0, changesPut: 0, ticksPut: 0, retries: 0 },
};

let server: TestPostgres;
let aws: Awaited<ReturnType<typeof serveAws>>;
let control: Server;
let folder: string;
let db: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  aws = await serveAws([secrets]);
  control = createServer((_, response) => response.end(JSON.stringify(stopped)));
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(path.join(tmpdir(), 'db-'));
});

beforeEach(async () => {
  const connection = await server.createDatabase();
  db = new pg.Client(connection);
  await db.connect();
  const { host, port, user, password, database } = connection;
  const { port: controlPort } = control.address() as AddressInfo;
  await writeFile(
    path.join(folder, 'endpoint.json'),
    JSON.stringify({
      apiUrl: `http://127.0.0.1:${controlPort}`,
      awsUrl: aws.url,
      controlUrl: `http://127.0.0.1:${controlPort}/local`,
      databaseUrl: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
      stage: 'dev',
      pid: process.pid,
    }),
  );
  return () => db.end();
});

afterAll(async () => {
  control?.close();
  await aws?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

function command(name: 'db' | 'generate', ...args: readonly string[]) {
  const script = path.join(import.meta.dirname, `../../cli/${name}.ts`);
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args, '--data', folder], (_, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    );
    child.stdin?.end();
  });
}

async function one(sql: string): Promise<unknown> {
  return (await db.query<unknown[]>({ text: sql, rowMode: 'array' })).rows[0];
}

test('db init sets up an empty database and fills nothing in; status tells before and after', async () => {
  const before = await command('db', 'status');
  expect(before.code).toBe(1);
  expect(before.out).toMatch(/^schema +none$/m);
  expect(before.out).toContain('The database is empty: set it up with "npm run db -- init".');
  const { code, out } = await command('db', 'init');
  expect(out).toMatch(/^Applied 0001-keyed-hash\.sql, /);
  expect(code).toBe(0);
  expect(await one('select count(*)::int from products')).toEqual([0]);
  expect((await command('db', 'init')).out).toBe('The schema is up to date.\n');
  const after = await command('db', 'status');
  expect(after.code).toBe(0);
  expect(after.out).toMatch(/^pending +nothing$/m);
  expect(after.out).toMatch(/^products +0 +[\d.]+ KB$/m);
  await db.query(`delete from private.migrations where name like '0009%' or name like '0010%';
    update private.migrations set checksum = 'another' where name like '0003%'`);
  const behind = JSON.parse((await command('db', 'status', '--json')).out);
  expect(behind).toMatchObject({
    pending: ['0009-clock-schedule.sql', '0010-sales.sql'],
    changed: ['0003-customers.sql'],
    slot: null,
  });
  expect(behind.advice).toHaveLength(2);
});

test('generate adds what is asked for, tells counts and rate, and begins anew with --clear', async () => {
  await command('db', 'init');
  const { code, out, error } = await command('generate', '--products', '50', '--customers', '7');
  expect(out).toMatch(/^New in the shop of the local cloud:$/m);
  expect(out).toMatch(/^products +50$/m);
  expect(out).toMatch(/^84 rows in [\d.]+ s, [\d,]+\/s$/m);
  expect(error).toMatch(/^rows {2}84 in /m);
  expect(code).toBe(0);
  const args = ['--products', '20', '--customers', '0', '--json'];
  const more = JSON.parse((await command('generate', ...args)).out);
  expect(more.made).toEqual({ categories: 0, sellers: 0, products: 20, customers: 0 });
  expect(await one('select count(*)::int from products')).toEqual([70]);
  expect((await command('generate', ...args, '--clear')).error).toContain('add --yes');
  expect((await command('generate', ...args, '--clear', '--yes')).code).toBe(0);
  expect(await one('select count(*)::int, min(id)::int from products')).toEqual([20, 71]);
});

test('generate refuses sizes before it touches the shop', async () => {
  await command('db', 'init');
  await command('generate', '--products', '3', '--customers', '0');
  const errorOf = async (...args: string[]) => (await command('generate', ...args)).error;
  expect(await errorOf('--categories', '1001', '--clear', '--yes')).toBe(
    'Cannot make shop: categories must be a whole number from 1 to 1000: received 1001\n',
  );
  expect(await errorOf('--products', 'many')).toBe(
    'Cannot generate: --products must be a whole number from 0 on: received "many"\n',
  );
  expect(await one('select count(*)::int from products')).toEqual([3]);
});

test('db reset asks where somebody can answer, and empties the shop', async () => {
  await command('db', 'init');
  await command('generate', '--products', '30', '--customers', '5');
  const unasked = await command('db', 'reset');
  expect(unasked.code).toBe(1);
  expect(unasked.error).toContain('there is no terminal; add --yes if you mean it');
  // Whoever forgets --aws means another shop than this one.
  const elsewhere = await command('db', 'reset', '--yes', '--stage', 'prod');
  expect(elsewhere.error).toBe(
    'Cannot reach stage: the local cloud plays dev; for one on AWS add --aws: received --stage prod\n',
  );
  expect(await one('select count(*)::int from products')).toEqual([30]);
  const { code, out } = await command('db', 'reset', '--yes');
  expect(out).toMatch(/^products +30$/m);
  expect(code).toBe(0);
  expect(await one('select count(*)::int from products')).toEqual([0]);
  expect(await command('db', 'drop')).toMatchObject({ code: 2 });
});
