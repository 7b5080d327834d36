import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Patch } from './mutant.ts';

/** What a mutant needs of the project: the engine, chance, and the simulator itself. */
const rooms = ['shared/stream', 'shared/random', 'cli/simulate-faults'];

/**
 * Copies the engine and the simulator to a folder of their own, with a patch applied, and removes
 * it after use.
 *
 * @throws Error when a text of the patch is not there exactly once: the mutant is out of date.
 */
export async function withMutant<Result>(
  root: string,
  patch: Patch,
  use: (mutated: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mutant-'));
  try {
    for (const room of rooms) {
      await mkdir(path.dirname(path.join(folder, room)), { recursive: true });
      await cp(path.join(root, room), path.join(folder, room), { recursive: true });
    }
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    const file = path.join(folder, 'shared', 'stream', patch.file);
    await writeFile(file, applyPatch(await readFile(file, 'utf8'), patch));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The text with all edits of a patch.
 *
 * @throws Error when one does not fit exactly once.
 */
export function applyPatch(text: string, { file, edits }: Patch): string {
  return edits.reduce((patched, { find, replace }) => {
    const times = patched.split(find).length - 1;
    if (times === 1) return patched.replace(find, () => replace);
    throw new Error(
      `Cannot take a safeguard out of shared/stream/${file}: its text must be there once: found ${times} times: ${find}`,
    );
  }, text);
}
