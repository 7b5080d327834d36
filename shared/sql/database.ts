import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Queries, Query } from './query.ts';

/** The shop's database: single statements, or several in a transaction. */
export interface Database extends Queries {
  /** Commits when the work resolves, rolls back when it throws; repeated after a deadlock. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const secretText = z.string().transform((text): unknown => JSON.parse(text));
const secretShape = secretText.pipe(
  z.object({
    host: z.string(),
    port: z.coerce.number().int(),
    username: z.string(),
    password: z.string(),
    dbname: z.string(),
  }),
);

const CONNECTIONS_MAX = 2; // an instance of the function serves one request at a time
const CONNECT_MS_MAX = 3_000;
const ATTEMPTS_MAX = 5;
const PAUSE_MS = 20;
const wrongPassword = new Set(['28P01', '28000']);
const worthRepeating = new Set(['40001', '40P01']); // serialization failure, deadlock

/**
 * Connects with what the secret says: at the first statement, and again with the secret read anew
 * when the database refuses the password, because it was rotated meanwhile.
 *
 * @param readSecret the secret's JSON text: host, port, username, password, dbname.
 * @param log takes errors of connections that nobody is using.
 * @param name what the database shows these connections as.
 */
export function connectDatabase(
  readSecret: () => Promise<string>,
  log: (message: string, error: Error) => void,
  name: string,
): Database {
  let pool: Promise<pg.Pool> | undefined;

  async function openPool(): Promise<pg.Pool> {
    const { host, port, username, password, dbname } = secretShape.parse(await readSecret());
    const opened = new pg.Pool({
      host,
      port,
      user: username,
      password,
      database: dbname,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      application_name: name,
      // Encrypted and verified, except where nobody is in between.
      ssl: ['127.0.0.1', '::1', 'localhost'].includes(host) ? false : { rejectUnauthorized: true },
    });
    opened.on('error', (error) => log('An idle database connection broke', error));
    return opened;
  }

  async function connect(attempt = 1): Promise<pg.PoolClient> {
    pool ??= openPool();
    const current = pool;
    try {
      return await (await current).connect();
    } catch (error) {
      const forget = hasCode(error, wrongPassword);
      // A secret that could not be read is asked for again by the next request.
      if (forget || !(await isOpen(current))) await discard(current);
      if (forget && attempt === 1) return connect(2);
      throw error;
    }
  }

  async function discard(old: Promise<pg.Pool>): Promise<void> {
    if (pool !== old) return;
    pool = undefined;
    if (await isOpen(old)) await (await old).end();
  }

  async function withQueries<Result>(work: (queries: Queries) => Promise<Result>) {
    const client = await connect();
    let sound = true;
    try {
      return await work(queriesOf(client));
    } catch (error) {
      sound = error instanceof pg.DatabaseError; // the statement's fault, not the connection's
      throw error;
    } finally {
      client.release(!sound);
    }
  }

  async function transactionOnce<Result>(work: (queries: Queries) => Promise<Result>) {
    const client = await connect();
    let sound = true;
    try {
      await client.query('begin');
      const result = await work(queriesOf(client));
      await client.query('commit');
      return result;
    } catch (error) {
      // A connection that cannot roll back is closed, which rolls back as well.
      sound = await client.query('rollback').then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      client.release(!sound);
    }
  }

  return {
    rows: (query, params) => withQueries((queries) => queries.rows(query, params)),
    row: (query, params) => withQueries((queries) => queries.row(query, params)),
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transactionOnce(work);
        } catch (error) {
          if (attempt === ATTEMPTS_MAX || !hasCode(error, worthRepeating)) throw error;
          // Whoever was let through has not woken yet: a repeat at once would be in its way again.
          await pause(PAUSE_MS * attempt);
        }
      }
    },
    async close() {
      if (pool !== undefined) await discard(pool);
    },
  };
}

function queriesOf(client: pg.PoolClient): Queries {
  async function rows<Row>({ name, sql, row }: Query<Row>, params: readonly unknown[] = []) {
    const asked = client.query({ name, text: sql, values: [...params] });
    const answer = await asked.catch(withoutRow);
    return answer.rows.map((found) => row.parse(found));
  }
  return { rows, row: async (query, params) => (await rows(query, params))[0] };
}

/** The detail quotes the row that was refused. Errors are logged whole, and people stay out of logs. */
function withoutRow(error: unknown): never {
  if (error instanceof pg.DatabaseError) error.detail = undefined;
  throw error;
}

async function isOpen(pool: Promise<pg.Pool>): Promise<boolean> {
  return pool.then(
    () => true,
    () => false,
  );
}

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof pg.DatabaseError && codes.has(error.code ?? '');
}
