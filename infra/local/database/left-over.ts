import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, isAlive } from './command-line.ts';

const STOP_MS_MAX = 30_000;
const POLL_MS = 20;

/** Whether a server runs on the data directory, of whatever run. */
export async function isServed(dataDirectory: string): Promise<boolean> {
  const server = await findServer(dataDirectory);
  return server?.command?.includes(dataDirectory) === true;
}

/**
 * Stops the server that an earlier run left behind when it was killed. It is known by the process id
 * in `postmaster.pid`, and only if that process's command line names our data directory: after a
 * restart of the machine the id may belong to anybody.
 */
export async function stopLeftOver(
  dataDirectory: string,
  log: (line: string) => void,
): Promise<void> {
  const server = await findServer(dataDirectory);
  if (server?.command === undefined) return;
  const { pid, command } = server;
  if (!command.includes(dataDirectory)) {
    log(`process ${pid} of postmaster.pid is not our PostgreSQL: the file is removed`);
    await rm(pidFile(dataDirectory));
    return;
  }
  log(`stopping the PostgreSQL that an earlier run left behind (process ${pid})`);
  await stopServer(pid);
}

/** The process that `postmaster.pid` names; without a command line it does not run. */
async function findServer(
  dataDirectory: string,
): Promise<{ pid: number; command: string | undefined } | undefined> {
  const text = await readFile(pidFile(dataDirectory), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  const pid = Number(text?.split('\n', 1)[0]);
  // A half-written file names nobody; PostgreSQL itself says what is wrong with it.
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, command: await commandLine(pid) };
}

function pidFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'postmaster.pid');
}

/** Fast shutdown: sessions are closed, what was committed is kept; the hard way after 30 seconds. */
export async function stopServer(pid: number): Promise<void> {
  if (await signalAndWait(pid, 'SIGINT', STOP_MS_MAX)) return;
  if (await signalAndWait(pid, 'SIGQUIT', STOP_MS_MAX)) return;
  throw new Error(`Cannot stop PostgreSQL: it does not answer signals: received process ${pid}`);
}

async function signalAndWait(
  pid: number,
  signal: NodeJS.Signals,
  waitMs: number,
): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isAlive(pid)) return true;
    throw new Error(`Cannot stop PostgreSQL: process ${pid} belongs to another user`, {
      cause: error,
    });
  }
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += POLL_MS) {
    if ((await commandLine(pid)) === undefined) return true;
    await sleep(POLL_MS);
  }
  return false;
}
