import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Longer than anybody leaves a local cloud running beside newer sources. */
const keptMs = 7 * 24 * 3_600_000;

/**
 * Makes room for a new assembly. Bundles of one that was finished stay for a week: another local
 * cloud may run from them, and loads a function when it is first called.
 *
 * @param stamp name of the file that a finished assembly has.
 */
export async function clearAssembly(
  directory: string,
  stamp: string,
  nowMs: number,
): Promise<void> {
  if (!existsSync(path.join(directory, stamp))) {
    await rm(directory, { recursive: true, force: true });
    return;
  }
  for (const name of await readdir(directory)) {
    const entry = path.join(directory, name);
    const isKept = name.startsWith('asset.') && nowMs - (await stat(entry)).mtimeMs < keptMs;
    if (!isKept) await rm(entry, { recursive: true, force: true });
  }
}
