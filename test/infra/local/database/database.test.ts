import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findBinaries } from '../../../../infra/local/database/binaries.ts';
import { commandLine } from '../../../../infra/local/database/command-line.ts';
import type { DatabaseConnection } from '../../../../infra/local/database/connection.ts';
import { startCron } from '../../../../infra/local/database/cron.ts';
import { type Database, startDatabase } from '../../../../infra/local/database/database.ts';
import { openBinaries } from '../../../../infra/local/database/open-places.ts';

const passwords = { admin: "it's", app: 'app-secret', capture: 'capture-secret' };
let directory: string;
let running: Database | undefined;
let child: ChildProcess | undefined;
const lines: string[] = [];
const log = (line: string) => void lines.push(line);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'database-'));
  await chmod(directory, 0o755);
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await running?.stop();
  running = undefined;
});
afterAll(async () => await rm(directory, { recursive: true, force: true }));

async function start(
  changes: Partial<Parameters<typeof startDatabase>[0]> = {},
): Promise<Database> {
  running = await startDatabase({ directory, port: 0, passwords, log, ...changes });
  return running;
}

async function ask(
  connection: DatabaseConnection,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('startDatabase() serves the database of the shop with logical replication, on loopback only', async () => {
  const { connection } = await start();
  expect(connection).toMatchObject({ host: '127.0.0.1', database: 'shop', user: 'shop_admin' });
  const [settings] = await ask(
    connection,
    `select current_setting('wal_level') as wal, current_setting('listen_addresses') as listens,
       current_setting('unix_socket_directories') as sockets, current_setting('TimeZone') as zone,
       current_setting('synchronous_commit') as synchronous, current_setting('fsync') as fsync`,
  );
  expect(settings).toEqual({
    wal: 'logical',
    listens: '127.0.0.1',
    sockets: '',
    zone: 'UTC',
    synchronous: 'on',
    fsync: 'on',
  });
});

test('startDatabase() lets nobody in without the right password', async () => {
  const { connection } = await start();
  for (const user of ['shop_admin', 'shop_app', 'shop_capture', 'postgres']) {
    const wrong = ask({ ...connection, user, password: 'wrong' }, 'select 1');
    await expect(wrong, user).rejects.toThrow(/password authentication failed/);
  }
  const app = { ...connection, user: 'shop_app', password: passwords.app };
  expect(await ask(app, 'select current_user as name')).toEqual([{ name: 'shop_app' }]);
});

test('the owner of the shop makes roles and publications but is no superuser, as on Aurora', async () => {
  const { connection } = await start();
  await ask(connection, 'create table if not exists kept (id int primary key)');
  await ask(connection, 'create publication made_here for table kept');
  await ask(connection, 'drop publication made_here');
  const refused = ask(connection, `alter system set work_mem = '8MB'`);
  await expect(refused).rejects.toThrow(/permission denied/);
});

test('startDatabase() refuses SQL that is newer than the played Aurora', async () => {
  const { connection } = await start({ engineVersion: '17.7' });
  for (const [sql, message] of [
    ['create table v (id int primary key, twice int generated always as (id * 2))', 'virtual'],
    [
      'create table c (id int primary key, constraint p check (id > 0) not enforced)',
      'not enforced',
    ],
    ['select uuidv7()', 'permission denied for function uuidv7'],
    [`select casefold('ß')`, 'permission denied for function casefold'],
  ] as const) {
    await expect(ask(connection, sql), sql).rejects.toThrow(message);
  }
  await ask(
    connection,
    'create table s (id int primary key, twice int generated always as (id * 2) stored)',
  );
  await ask(connection, 'drop table s');
  expect(await ask(connection, 'select gen_random_uuid() is not null as made')).toEqual([
    { made: true },
  ]);
  await running?.stop();
  await expect(start({ engineVersion: '16.4' })).rejects.toThrow(
    `Cannot limit SQL to Aurora's version: only 17 and 18 are known: received "16.4"`,
  );
});

test.runIf(process.getuid?.() === 0)(
  'startDatabase() moves to a folder of its own where the server may not enter ours, and begins anew with it',
  async () => {
    const closed = await mkdtemp(path.join(tmpdir(), 'closed-'));
    const inner = path.join(closed, 'database');
    try {
      const first = await start({ directory: inner });
      const [place] = await ask(first.connection, 'show data_directory');
      expect(place?.['data_directory']).toMatch(/^\/var\/tmp\/postgresql-home-[0-9a-f]{16}\/data$/);
      await ask(first.connection, 'create table kept_here (id int)');
      await first.stop();
      const second = await start({ directory: inner });
      expect(await ask(second.connection, 'select count(*)::int as n from kept_here')).toEqual([
        { n: 0 },
      ]);
      await second.stop();
      await rm(inner, { recursive: true });
      const third = await start({ directory: inner });
      await expect(ask(third.connection, 'select from kept_here')).rejects.toThrow(
        'does not exist',
      );
      await third.stop();
      await rm(path.dirname(String(place?.['data_directory'])), { recursive: true });
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
  },
);

test.runIf(process.getuid?.() === 0)(
  'openBinaries() makes a copy that every user may run, once',
  async () => {
    const closed = await mkdtemp(path.join(tmpdir(), 'closed-'));
    const original = path.join(closed, 'native');
    try {
      await cp(await findBinaries(), original, { recursive: true, verbatimSymlinks: true });
      for (const name of ['bin', 'lib', 'share']) await chmod(path.join(original, name), 0o700);
      const copy = await openBinaries(original);
      const asNobody = spawn(path.join(copy, 'bin', 'postgres'), ['--version'], {
        uid: 65_534,
        cwd: '/',
      });
      expect((await once(asNobody, 'exit'))[0]).toBe(0);
      const { birthtimeMs } = await stat(copy);
      expect(await openBinaries(original)).toBe(copy);
      expect((await stat(copy)).birthtimeMs).toBe(birthtimeMs);
      await rm(copy, { recursive: true });
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
  },
);

test('startDatabase() keeps data over a restart and takes new passwords from the secrets', async () => {
  const before = await start();
  await ask(before.connection, 'insert into kept values (1)');
  await before.stop();
  const changed = { admin: 'new', app: 'new-app', capture: 'new-capture' };
  const { connection } = await start({ passwords: changed });
  expect(connection.password).toBe('new');
  expect(await ask(connection, 'select id from kept')).toEqual([{ id: 1 }]);
  const capture = { ...connection, user: 'shop_capture', password: 'new-capture' };
  expect(await ask(capture, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('startDatabase() stops the server that a killed run left behind, and only that one', async () => {
  const { connection, pid } = await startInChild();
  await ask(connection, 'insert into kept values (2)');
  const left = Number((await readFile(await pidFile(), 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  await once(child as ChildProcess, 'exit');
  expect(await commandLine(left)).toContain('postgres');

  const next = await start({ port: connection.port });
  expect(lines.join('\n')).toContain(`process ${left}`);
  expect(await commandLine(left)).toBeUndefined();
  expect(await ask(next.connection, 'select count(*)::int as n from kept')).toEqual([{ n: 2 }]);

  // Another process got the id of the dead server: it must live.
  await next.stop();
  await writeFile(await pidFile(), `${process.pid}\n/elsewhere\n`);
  await start();
  expect(lines.at(-1)).toContain('is not our PostgreSQL');
});

test('startDatabase() refuses a folder that a living process uses', async () => {
  await startInChild();
  await expect(start()).rejects.toThrow(/Cannot start PostgreSQL: process \d+ already runs one/);
});

test('startDatabase() names a taken port before it starts anything', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await expect(start({ port })).rejects.toThrow(
      `Cannot start PostgreSQL: port ${port} cannot be used; end what listens there`,
    );
  } finally {
    taken.close();
  }
});

test('startDatabase() tells the last words of a server that does not start', async () => {
  const configuration = path.join(path.dirname(await pidFile()), 'postgresql.conf');
  const text = await readFile(configuration, 'utf8');
  await writeFile(configuration, `${text}\nno_such_setting = 1\n`);
  try {
    await expect(start()).rejects.toThrow(/Cannot .+ PostgreSQL: .*no_such_setting/s);
  } finally {
    await writeFile(configuration, text);
  }
});

test('startCron() runs its statement again and again, over errors and restarts of the server', async () => {
  const { connection } = await start();
  await ask(connection, 'create table ticks (at timestamptz not null default clock_timestamp())');
  const statement = 'insert into ticks default values';
  const cron = startCron({ connection, statement, everyMs: 20, log });
  const counted = async () =>
    Number((await ask(connection, 'select count(*) from ticks'))[0]?.['count']);
  try {
    await expect.poll(counted, { timeout: 5_000 }).toBeGreaterThan(3);
    await ask(connection, 'alter table ticks rename to hidden');
    await expect.poll(() => lines.at(-1)).toContain('relation "ticks" does not exist');
    await ask(connection, 'alter table hidden rename to ticks');
    await ask(
      connection,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cron'`,
    );
    const before = await counted();
    await expect.poll(counted, { timeout: 5_000 }).toBeGreaterThan(before + 3);
  } finally {
    await cron.stop();
  }
  const stopped = await counted();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await counted()).toBe(stopped);
});

async function pidFile(): Promise<string> {
  return path.join(directory, 'data', 'postmaster.pid');
}

async function startInChild(): Promise<{ connection: DatabaseConnection; pid: number }> {
  const script = new URL('./start-database.ts', import.meta.url).pathname;
  const options = JSON.stringify({ directory, port: 0, passwords });
  child = spawn(process.execPath, [script, options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = await once(child.stdout as NodeJS.EventEmitter, 'data');
  return { connection: JSON.parse(String(chunk)), pid: child.pid ?? 0 };
}
