import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './binaries.ts';
import { commandLine } from './command-line.ts';
import type { DatabaseConnection } from './connection.ts';
import { adminUser, databaseName, initialise } from './initialise.ts';
import { stopLeftOver } from './left-over.ts';
import { runServer, type Server } from './server.ts';
import { type ServerPlace, serverPlace } from './server-place.ts';
import { versionLimits } from './version-limits.ts';

export interface DatabaseOptions {
  /** Folder of the cluster; made when absent. Deleting it (with the server stopped) begins anew. */
  readonly directory: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The cluster's `EngineVersion`; newer SQL is refused, as far as it can be told. @default any */
  readonly engineVersion?: string;
  readonly passwords: { readonly admin: string; readonly app: string; readonly capture: string };
  readonly log: (line: string) => void;
}

export interface Database {
  /** As the owner of the database `shop`. */
  readonly connection: DatabaseConnection;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Plays the Aurora cluster with a real PostgreSQL on this machine: the database `shop` of user
 * `shop_admin`, the roles `shop_app` and `shop_capture`, logical replication on. Tables are made by
 * the shop's migrations, as on AWS.
 *
 * A server that an earlier run left behind on the same folder is stopped first.
 */
export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  const { log, passwords } = options;
  const directory = path.resolve(options.directory);
  const place = await serverPlace(await findBinaries(), directory, log);
  await claim(directory);
  const dataDirectory = path.join(place.home, 'data');
  await stopLeftOver(dataDirectory, log);
  const port = await freePort(options.port);
  const limits = await versionLimits(options.engineVersion);
  await initialise(place, dataDirectory, passwords.admin, limits);
  const server = await runPatiently(place, dataDirectory, port, log);
  const connection = {
    host,
    port,
    database: databaseName,
    user: adminUser,
    password: passwords.admin,
  };
  try {
    await setRoles(connection, passwords);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    connection,
    async stop() {
      await server.stop();
      await rm(ownerFile(directory), { force: true });
    },
  };
}

/** Two running starts on one folder would stop each other's database. */
async function claim(directory: string): Promise<void> {
  const file = ownerFile(directory);
  const [pid = '', command = ''] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const owner = Number(pid);
  if (owner > 0 && owner !== process.pid && (await commandLine(owner)) === command) {
    throw new Error(
      `Cannot start PostgreSQL: process ${owner} already runs one on this folder; stop it first: received "${directory}"`,
    );
  }
  await writeFile(file, `${process.pid}\n${await commandLine(process.pid)}\n`);
}

function ownerFile(directory: string): string {
  return path.join(directory, 'owner');
}

async function freePort(port: number): Promise<number> {
  const probe = createServer();
  return await new Promise((resolve, reject) => {
    probe.once('error', (cause) => {
      const next = 'end what listens there, or choose other ports with --port-base';
      const text = `Cannot start PostgreSQL: port ${port} cannot be used; ${next}: received ${cause.message}`;
      reject(new Error(text, { cause }));
    });
    probe.listen(port, host, () => {
      const address = probe.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      probe.close(() => resolve(found));
    });
  });
}

/** After a crash the old server's children may hold its memory for a moment. */
async function runPatiently(
  place: ServerPlace,
  dataDirectory: string,
  port: number,
  log: (line: string) => void,
): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runServer(place, dataDirectory, port, log);
    } catch (error) {
      if (attempt === 20 || !String(error).includes('is still in use')) throw error;
      await sleep(250);
    }
  }
}

async function setRoles(connection: DatabaseConnection, passwords: DatabaseOptions['passwords']) {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles');
    const known = new Set(rows.map((row) => row.rolname));
    for (const [role, rights, password] of [
      ['shop_app', '', passwords.app],
      ['shop_capture', 'replication', passwords.capture],
    ] as const) {
      const verb = known.has(role) ? 'alter' : 'create';
      const secret = client.escapeLiteral(password);
      await client.query(`${verb} role ${role} login ${rights} password ${secret}`);
    }
  } finally {
    await client.end();
  }
}
