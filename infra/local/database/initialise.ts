import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerPlace } from './server-place.ts';
import { settingArguments } from './server-settings.ts';

export const databaseName = 'shop';
export const adminUser = 'shop_admin';

/**
 * Makes the data directory unless it is there. It is built aside and renamed when it is whole, so a
 * start killed half-way leaves nothing that looks finished.
 *
 * The owner of the shop may create roles, databases and replication slots but is no superuser, as on
 * Aurora: SQL that needs one fails here too. The superuser has a password that nobody keeps; what he
 * must do is done in single-user mode, which has no listener.
 */
export async function initialise(
  place: ServerPlace,
  dataDirectory: string,
  adminPassword: string,
  limits: readonly string[],
): Promise<void> {
  if (!existsSync(path.join(dataDirectory, 'PG_VERSION'))) {
    const unfinished = `${dataDirectory}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await giveToServer(unfinished, place);
    await createCluster(place, unfinished);
    await superuser(place, unfinished, 'template1', [
      `create role ${adminUser} login createdb createrole replication in role pg_monitor, pg_signal_backend`,
      `create database ${databaseName} owner ${adminUser}`,
    ]);
    await superuser(place, unfinished, databaseName, [`alter schema public owner to ${adminUser}`]);
    await rename(unfinished, dataDirectory);
  }
  // At every start: the secret may have been made anew since.
  await superuser(place, dataDirectory, databaseName, [
    `alter role ${adminUser} password ${quote(adminPassword)}`,
    // As rds_superuser may: https://repost.aws/knowledge-center/rds-postgresql-foreign-keys
    `grant set on parameter session_replication_role to ${adminUser}`,
    ...limits,
  ]);
}

async function createCluster(place: ServerPlace, directory: string): Promise<void> {
  const passwordFile = `${directory}.password`;
  await writeFile(passwordFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  await giveToServer(passwordFile, place);
  try {
    await execute(place, 'initdb', [
      `--pgdata=${directory}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync', // a power cut during the first start costs the first start
    ]);
  } finally {
    await rm(passwordFile);
  }
}

async function superuser(
  place: ServerPlace,
  directory: string,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const output = await execute(
    place,
    'postgres',
    // -j: a statement ends with a semicolon and an empty line
    ['--single', '-j', '-D', directory, ...settingArguments(), database],
    statements.map((statement) => `${statement};\n\n`).join(''),
  );
  // Single-user mode ends with 0 whatever happened.
  if (/\b(ERROR|FATAL|PANIC):/.test(output)) {
    throw new Error(`Cannot prepare PostgreSQL: its own words: ${output.trim()}`);
  }
}

function quote(text: string): string {
  if (/[\n\r\\\0]/.test(text)) {
    throw new Error(
      'Cannot set a password of PostgreSQL: it holds a line break or a backslash: received a value that is not shown',
    );
  }
  return `'${text.replaceAll("'", "''")}'`;
}

async function giveToServer(file: string, { identity: { uid, gid } }: ServerPlace): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
}

async function execute(
  place: ServerPlace,
  program: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const child = spawn(path.join(place.binaries, 'bin', program), args, {
    ...place.identity,
    cwd: place.home,
    env: { ...process.env, LC_ALL: 'C' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  child.stdin.on('error', () => {}); // it ended before it read: its exit code tells
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return output;
  const words = output.trim().split('\n').slice(-10).join('\n');
  throw new Error(`Cannot prepare PostgreSQL: ${program} ended with ${code}: ${words}`);
}
