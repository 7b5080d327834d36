import { spawn } from 'node:child_process';
import { chown, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopServer } from './left-over.ts';
import type { ServerPlace } from './server-place.ts';
import { settingArguments } from './server-settings.ts';

export interface Server {
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_MS_MAX = 60_000; // recovery after a crash replays the log
const LAST_LINES = 12;

/**
 * Runs `postgres` as a session of its own: Ctrl-C in the terminal reaches us, not the database, so
 * that whoever still writes can finish first. Its log goes to a file, which outlives us as well.
 */
export async function runServer(
  place: ServerPlace,
  dataDirectory: string,
  port: number,
  log: (line: string) => void,
): Promise<Server> {
  const logFile = path.join(place.home, 'postgresql.log');
  const output = await open(logFile, 'w');
  const { uid, gid } = place.identity;
  if (uid !== undefined && gid !== undefined) await chown(logFile, uid, gid);
  const child = spawn(
    path.join(place.binaries, 'bin', 'postgres'),
    ['-D', dataDirectory, '-p', String(port), ...settingArguments()],
    {
      ...place.identity,
      cwd: place.home,
      detached: true,
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', output.fd, output.fd],
    },
  );
  let ended: string | undefined;
  let stopping = false;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => {
    ended = `it ended with ${code ?? signal}`;
    if (!stopping) log(`PostgreSQL is gone: ${ended}: see ${logFile}`);
  });
  child.unref();
  await output.close();

  for (let waitedMs = 0; ended === undefined && waitedMs < READY_MS_MAX; waitedMs += 10) {
    if (await isReady(dataDirectory, child.pid)) return { pid: child.pid ?? 0, stop };
    await sleep(10);
  }
  const reason = ended ?? `it was not ready after ${READY_MS_MAX} ms`;
  await stop();
  throw new Error(
    `Cannot start PostgreSQL: ${reason}: its last words:\n${await lastLines(logFile)}`,
  );

  async function stop(): Promise<void> {
    stopping = true;
    if (ended === undefined && child.pid !== undefined) await stopServer(child.pid);
  }
}

/** The eighth line of `postmaster.pid` is the server's state. */
async function isReady(dataDirectory: string, pid: number | undefined): Promise<boolean> {
  const file = path.join(dataDirectory, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => ''); // not written yet
  const lines = text.split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

async function lastLines(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8');
  return text.trim().split('\n').slice(-LAST_LINES).join('\n');
}
