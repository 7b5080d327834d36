import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, isAlive } from './command-line.ts';

const STOP_MS_MAX = 30_000;
const POLL_MS = 20;

/**
 * Stops the server that an earlier run left behind when it was killed. It is known by the process id
 * in `postmaster.pid`, and only if that process's command line names our data directory: after a
 * restart of the machine the id may belong to anybody.
 */
export async function stopLeftOver(dataDirectory: string, log: (line: string) => void) {
  const file = path.join(dataDirectory, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return;
  const pid = Number(text.split('\n', 1)[0]);
  // A half-written file names nobody; PostgreSQL itself says what is wrong with it.
  if (!Number.isSafeInteger(pid) || pid <= 0) return;
  const command = await commandLine(pid);
  if (command === undefined) return;
  if (!command.includes(dataDirectory)) {
    log(`process ${pid} of postmaster.pid is not our PostgreSQL: the file is removed`);
    await rm(file);
    return;
  }
  log(`stopping the PostgreSQL that an earlier run left behind (process ${pid})`);
  await stopServer(pid);
}

/** Fast shutdown: sessions are closed, what was committed is kept; the hard way after 30 seconds. */
export async function stopServer(pid: number): Promise<void> {
  if (await signalAndWait(pid, 'SIGINT', STOP_MS_MAX)) return;
  if (await signalAndWait(pid, 'SIGQUIT', STOP_MS_MAX)) return;
  throw new Error(`Cannot stop PostgreSQL: it does not answer signals: received process ${pid}`);
}

async function signalAndWait(pid: number, signal: NodeJS.Signals, waitMs: number) {
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
