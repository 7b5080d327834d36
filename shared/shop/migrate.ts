import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { inTransaction } from './in-transaction.ts';
import { keyBlocks } from './keyed-hash.ts';
import { splitStatements } from './split-statements.ts';
import type { SqlConnection } from './sql-connection.ts';

interface Migration {
  readonly name: string;
  readonly script: string;
  readonly checksum: string;
}

interface MigrateOptions {
  /** Secret text under which contact data is hashed; the same for the life of the database. */
  readonly pseudonymKey: string;
  /** Folder of the `.sql` files, applied in the order of their names. @default ours */
  readonly folder?: URL;
}

const ours = new URL('./migrations/', import.meta.url);
const recordedRows = z.object({ rows: z.array(z.object({ checksum: z.string() })) });
const keyRows = z.object({ rows: z.array(z.object({ same: z.boolean() })) });
const LOCK_KEY = 7_461_001; // any number, the same for everyone who migrates

/**
 * Brings the shop's database to the newest schema: each file that is not yet recorded in
 * `private.migrations` runs in a transaction of its own, in order, under a lock, so that several may
 * call at the same time. Then sets the pseudonym key, or checks that it is the one in use.
 *
 * @param db the owner's connection.
 * @returns the names of the files applied now; none when the database was up to date.
 * @throws Error when an applied file has changed since, when the key is another one, or with the
 *   database's own error as `cause` when a file does not run; what ran before it stays.
 */
export async function migrate(
  db: SqlConnection,
  options: MigrateOptions,
): Promise<readonly string[]> {
  const folder = options.folder ?? ours;
  const blocks = keyBlocks(options.pseudonymKey);
  const migrations = await readMigrations(folder);
  await inTransaction(db, LOCK_KEY, async () => {
    await db.query('create schema if not exists private');
    await db.query(`create table if not exists private.migrations (
      name varchar(200) primary key,
      checksum varchar(64) not null,
      applied_at timestamptz not null default now()
    )`);
  });
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await inTransaction(db, LOCK_KEY, () => apply(db, migration))) applied.push(migration.name);
  }
  await inTransaction(db, LOCK_KEY, () => setKey(db, blocks));
  return applied;
}

/** The files of a folder, in the order in which they are applied. */
export async function readMigrations(folder: URL = ours): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      // Git may check files out with the platform's line ends; the statements are the same.
      const script = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

async function apply(db: SqlConnection, { name, script, checksum }: Migration): Promise<boolean> {
  const answer = await db.query('select checksum from private.migrations where name = $1', [name]);
  const [recorded] = recordedRows.parse(answer).rows;
  if (recorded !== undefined && recorded.checksum !== checksum) {
    throw new Error(
      `Cannot migrate shop: "${name}" was applied and has changed since: put the change into a new file: received checksum ${checksum}, recorded ${recorded.checksum}`,
    );
  }
  if (recorded !== undefined) return false;
  try {
    for (const statement of splitStatements(script)) await db.query(statement);
  } catch (error) {
    throw new Error(`Cannot migrate shop: "${name}" does not run: ${String(error)}`, {
      cause: error,
    });
  }
  await db.query('insert into private.migrations (name, checksum) values ($1, $2)', [
    name,
    checksum,
  ]);
  return true;
}

async function setKey(db: SqlConnection, { inner, outer }: { inner: string; outer: string }) {
  await db.query(
    `insert into private.pseudonym_key (inner_block, outer_block)
     values (decode($1, 'hex'), decode($2, 'hex')) on conflict do nothing`,
    [inner, outer],
  );
  const answer = await db.query(
    `select inner_block = decode($1, 'hex') as same from private.pseudonym_key`,
    [inner],
  );
  if (!keyRows.parse(answer).rows.every(({ same }) => same)) {
    throw new Error(
      'Cannot migrate shop: the pseudonym key is not the one in use: hashes made before would match nothing',
    );
  }
}
