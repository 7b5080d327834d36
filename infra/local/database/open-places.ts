import { createHash, randomUUID } from 'node:crypto';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { isServed, stopLeftOver } from './left-over.ts';

const root = '/var/tmp'; // survives a restart of the machine, unlike /tmp
const homePrefix = 'postgresql-home-';

/** A copy of the binaries that every user may run, made once per installed version. */
export async function openBinaries(binaries: string): Promise<string> {
  const { size, mtimeMs } = await lstat(path.join(binaries, 'bin', 'postgres'));
  const copy = path.join(root, `postgresql-binaries-${digest(`${binaries} ${size} ${mtimeMs}`)}`);
  if (await exists(copy)) return await ours(copy);
  const unfinished = `${copy}.${randomUUID()}`;
  await cp(binaries, unfinished, { recursive: true, verbatimSymlinks: true });
  await openToAll(unfinished);
  await rename(unfinished, copy).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another start was first
  });
  return await ours(copy);
}

/**
 * A folder for the data directory that the server's user can reach, in place of a closed one. It
 * belongs to that one: a stamp in both tells so, and a deleted data directory begins anew instead of
 * reviving old data. Homes whose data directory is gone are removed.
 */
export async function openHome(directory: string, log: (line: string) => void): Promise<string> {
  await removeOrphans();
  const home = path.join(root, `${homePrefix}${digest(path.resolve(directory))}`);
  const stampFile = path.join(directory, 'stamp');
  const stamp = (await readText(stampFile)) ?? randomUUID();
  const owner = ownerText(directory, stamp);
  if ((await readText(ownerFile(home))) !== owner) {
    await stopLeftOver(path.join(home, 'data'), log);
    await rm(home, { recursive: true, force: true });
  }
  await mkdir(home, { recursive: true, mode: 0o755 });
  await ours(home);
  await writeFile(stampFile, stamp);
  await writeFile(ownerFile(home), owner);
  return home;
}

async function removeOrphans(): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(homePrefix)) continue;
    const home = path.join(root, name);
    const [directory = '', stamp] = ((await readText(ownerFile(home))) ?? '').split('\n');
    // Without an owner somebody is just making it.
    if (directory === '' || (await readText(path.join(directory, 'stamp'))) === stamp) continue;
    if (!(await isServed(path.join(home, 'data'))))
      await rm(home, { recursive: true, force: true });
  }
}

function ownerFile(home: string): string {
  return path.join(home, 'owner');
}

function ownerText(directory: string, stamp: string): string {
  return `${path.resolve(directory)}\n${stamp}`;
}

/** /var/tmp is everybody's: a folder of that name may have been put there by someone else. */
async function ours(folder: string): Promise<string> {
  const found = await lstat(folder);
  if (found.uid === 0 && found.isDirectory()) return folder;
  throw new Error(
    `Cannot start PostgreSQL: its folder was made by another user: received "${folder}" of user ${found.uid}`,
  );
}

async function exists(file: string): Promise<boolean> {
  return (await lstat(file).catch(missing)) !== undefined;
}

async function readText(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(missing);
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
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
