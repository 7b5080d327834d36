import { execFile } from 'node:child_process';
import { lstat, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { openBinaries, openHome } from './open-places.ts';

/** As whom, from where and on which files the server runs. */
export interface ServerPlace {
  /** Folder with `bin`, `lib` and `share`. */
  readonly binaries: string;
  /** Folder that holds the data directory; the server's user may write to it. */
  readonly home: string;
  /** User and group to run as; empty for whoever runs us. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

const run = promisify(execFile);

/**
 * PostgreSQL refuses to run as root, so root's server runs as `nobody`; no user is created. `nobody`
 * must be able to reach binaries and data; what lies in a closed folder (`/root`) moves to /var/tmp.
 */
export async function serverPlace(
  binaries: string,
  directory: string,
  log: (line: string) => void,
): Promise<ServerPlace> {
  await mkdir(directory, { recursive: true });
  if (process.getuid?.() !== 0) return { binaries, home: directory, identity: {} };
  const identity = await nobody();
  return {
    binaries: (await canRun(binaries, identity)) ? binaries : await openBinaries(binaries),
    home: (await canReach(directory, identity)) ? directory : await openHome(directory, log),
    identity,
  };
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const passwords = await readFile('/etc/passwd', 'utf8');
  const [, , uid, gid] = /^nobody:.*$/m.exec(passwords)?.[0].split(':') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error(
      'Cannot start PostgreSQL: it does not run as root, and there is no user "nobody" to run it: start as another user',
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}

async function canRun(binaries: string, identity: { uid: number; gid: number }): Promise<boolean> {
  try {
    await run(path.join(binaries, 'bin', 'postgres'), ['--version'], { ...identity, cwd: '/' });
    const shared = await lstat(path.join(binaries, 'share', 'postgresql', 'postgres.bki'));
    return (shared.mode & 0o004) !== 0;
  } catch {
    return false; // unreachable for this user, which is the question
  }
}

async function canReach(directory: string, identity: { uid: number }): Promise<boolean> {
  for (let folder = path.resolve(directory); ; folder = path.dirname(folder)) {
    const { mode, uid } = await lstat(folder);
    if (uid !== identity.uid && (mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}
