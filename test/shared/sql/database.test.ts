import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { DatabaseConnection } from '../../../infra/local/database/connection.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { connectDatabase } from '../../../shared/sql/database.ts';
import { passwords, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { appSecret } from '../../fixtures/shop.ts';

const row = z.object({ number: z.int() });
const number = (sql: string) => ({ name: sql.slice(0, 63), sql, row });
let server: TestPostgres;
let connection: DatabaseConnection;
let admin: pg.Client;
const logged: string[] = [];
const log = (message: string) => logged.push(message);

beforeAll(async () => {
  server = await startPostgres();
  connection = await server.createDatabase();
  admin = new pg.Client(connection);
  await admin.connect();
  await admin.query(`create table kept (id int primary key, number int not null);
    insert into kept values (1, 0), (2, 0); grant select, insert, update on kept to shop_app`);
});

afterAll(async () => {
  await admin?.end();
  await server?.stop();
});

test('connectDatabase() reads the secret once, and anew when the password was rotated', async () => {
  let reads = 0;
  const secrets = ['outdated', passwords.app];
  const database = connectDatabase(
    async () => appSecret(connection, secrets[reads++]),
    log,
    'test',
  );
  expect(await database.row(number('select 1 as number'))).toEqual({ number: 1 });
  await database.rows(number('select 2 as number'));
  expect(reads).toBe(2);
  await database.close();
});

test('connectDatabase() gives up after one new secret, and tries again at the next request', async () => {
  let reads = 0;
  const secrets = ['wrong', 'wrong too', passwords.app];
  const database = connectDatabase(
    async () => appSecret(connection, secrets[reads++]),
    log,
    'test',
  );
  const one = number('select 1 as number');
  await expect(database.row(one)).rejects.toThrow('password authentication failed');
  expect(reads).toBe(2);
  expect(await database.row(one)).toEqual({ number: 1 });
  await database.close();
});

test('connectDatabase() does not keep a secret that could not be read', async () => {
  let reads = 0;
  const database = connectDatabase(
    async () => {
      if (reads++ === 0) throw new Error('Secrets Manager is busy');
      return appSecret(connection);
    },
    log,
    'test',
  );
  const one = number('select 1 as number');
  await expect(database.row(one)).rejects.toThrow('Secrets Manager is busy');
  expect(await database.row(one)).toEqual({ number: 1 });
  await database.close();
});

test('transaction() keeps everything or nothing', async () => {
  const database = connectDatabase(async () => appSecret(connection), log, 'test');
  const raise = number('update kept set number = number + 1 where id = 1 returning number');
  const failing = database.transaction(async (queries) => {
    await queries.row(raise);
    throw new Refusal(409, 'No');
  });
  await expect(failing).rejects.toThrow('No');
  expect(await database.transaction((queries) => queries.row(raise))).toEqual({ number: 1 });
  await database.close();
});

test('an error of the database tells nothing of the row that was refused', async () => {
  await admin.query(`create table people (name text, age int check (age > 0));
    grant select, insert on people to shop_app`);
  const database = connectDatabase(async () => appSecret(connection), log, 'test');
  const sql = `insert into people values ('Ana Lima', -1) returning age as number`;
  const error: unknown = await database.row(number(sql)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: '23514', constraint: 'people_age_check' });
  expect(JSON.stringify(error)).not.toContain('Ana');
  await database.close();
});

test('transaction() runs again when two wait for each other', async () => {
  const database = connectDatabase(async () => appSecret(connection), log, 'test');
  const raise = (id: number) =>
    number(`update kept set number = number + 10 where id = ${id} returning number`);
  let runs = 0;
  const both = Promise.withResolvers<void>();
  const crosswise = (first: number, second: number) =>
    database.transaction(async (queries) => {
      await queries.row(raise(first));
      if (++runs === 2) both.resolve();
      await both.promise;
      await queries.row(raise(second));
    });
  await Promise.all([crosswise(1, 2), crosswise(2, 1)]);
  expect(runs).toBe(3);
  const { rows } = await admin.query('select number % 100 / 10 as tens from kept');
  expect(rows).toEqual([{ tens: 2 }, { tens: 2 }]);
  await database.close();
});

test('a connection that the server closes is replaced', async () => {
  const database = connectDatabase(async () => appSecret(connection), log, 'test');
  const pid = number('select pg_backend_pid() as number');
  const first = await database.row(pid);
  await admin.query('select pg_terminate_backend($1)', [first?.number]);
  await expect.poll(() => logged).toContain('An idle database connection broke');
  expect(await database.row(pid)).not.toEqual(first);
  await database.close();
});
