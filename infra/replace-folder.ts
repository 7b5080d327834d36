import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts a freshly made folder in the place of another. Where both hold the same files the old one
 * stays untouched, so that whoever reads it meanwhile is not disturbed; the fresh one is gone then.
 * Several may do this at the same time: the last one wins.
 */
export async function replaceFolder(fresh: string, place: string): Promise<void> {
  if (await sameFiles(fresh, place)) {
    await rm(fresh, { recursive: true });
    return;
  }
  for (;;) {
    await rm(place, { recursive: true, force: true });
    try {
      await rename(fresh, place);
      return;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

async function sameFiles(one: string, other: string): Promise<boolean> {
  const [names, otherNames] = await Promise.all([fileNames(one), fileNames(other)]);
  if (names.join() !== otherNames.join()) return false;
  for (const name of names) {
    const [bytes, otherBytes] = await Promise.all([
      readFile(join(one, name)),
      readFile(join(other, name)).catch(() => undefined),
    ]);
    if (otherBytes === undefined || !bytes.equals(otherBytes)) return false;
  }
  return true;
}

/** Paths of all files inside, sorted; none where the folder does not exist. */
async function fileNames(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
      .sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Someone else put theirs there between our removal and our renaming. */
function isTaken(error: unknown): boolean {
  return hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST') || hasCode(error, 'EPERM');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
