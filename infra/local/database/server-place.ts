import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

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
const PRIVATE_ROOT = '/var/tmp'; // survives a restart of the machine, unlike /tmp

/**
 * PostgreSQL refuses to run as root, so root's server runs as `nobody`; no user is created. `nobody`
 * must be able to reach binaries and data. Where the project lies in a closed folder (`/root`), both
 * move to a folder under /var/tmp that belongs to this data directory: a stamp in both places tells
 * that they belong together, so a deleted data directory begins anew instead of reviving old data.
 */
export async function serverPlace(binaries: string, directory: string): Promise<ServerPlace> {
  await mkdir(directory, { recursive: true });
  if (process.getuid?.() !== 0) return { binaries, home: directory, identity: {} };
  const identity = await nobody();
  if ((await canRun(binaries, identity)) && (await canReach(directory, identity))) {
    return { binaries, home: directory, identity };
  }
  return { ...(await privatePlace(binaries, directory)), identity };
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

async function privatePlace(binaries: string, directory: string) {
  const name = createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16);
  const folder = path.join(PRIVATE_ROOT, `postgresql-${name}`);
  const stamps = [path.join(directory, 'stamp'), path.join(folder, 'stamp')] as const;
  const [ours, theirs] = await Promise.all(stamps.map((stamp) => readStamp(stamp)));
  if (ours === undefined || ours !== theirs) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const { uid } = await lstat(folder);
  if (uid !== 0) {
    throw new Error(
      `Cannot start PostgreSQL: its folder belongs to another user: received "${folder}" of user ${uid}`,
    );
  }
  const copy = path.join(folder, 'native');
  await copyBinaries(binaries, copy);
  if (ours === undefined || ours !== theirs) {
    const stamp = randomUUID();
    for (const file of stamps) await writeFile(file, stamp);
  }
  return { binaries: copy, home: folder };
}

async function copyBinaries(binaries: string, copy: string): Promise<void> {
  const { size, mtimeMs } = await lstat(path.join(binaries, 'bin', 'postgres'));
  const origin = `${binaries} ${size} ${mtimeMs}`;
  const note = `${copy}.origin`; // written last: without it the copy is not whole
  if ((await readStamp(note)) === origin) return;
  await rm(note, { force: true });
  await rm(copy, { recursive: true, force: true });
  await cp(binaries, copy, { recursive: true, verbatimSymlinks: true });
  await openToAll(copy);
  await writeFile(note, origin);
}

async function readStamp(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Whoever installed under a closed umask closed the binaries as well. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(file, 0o755);
    if (!entry.isFile()) continue;
    const { mode } = await lstat(file);
    await chmod(file, (mode & 0o777) | 0o444 | ((mode & 0o100) === 0 ? 0 : 0o111));
  }
}
