import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { synthesise } from '../../infra/synth.ts';
import { clearAssembly } from './clear-assembly.ts';

/** What the assembly is made from: nothing else changes it. */
const sources = ['cdk.json', 'package-lock.json', 'functions', 'infra', 'shared', 'web'];

const stampName = 'sources.sha256';

/** Played, never deployed: the local cloud reads templates, it does not shape them. */
const beside = path.join('infra', 'local');

/**
 * Synthesises the template and bundles the functions, if a source or the context has changed since
 * they were.
 *
 * @param context as `-c name=value` would give it.
 * @returns whether that was needed.
 */
export async function ensureAssembly(
  root: string,
  directory: string,
  context: Readonly<Record<string, string>>,
): Promise<boolean> {
  const stamp = path.join(directory, stampName);
  const wanted = await hashOf(root, context);
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return false;
  await clearAssembly(directory, stampName, Date.now());
  await synthesise({ outdir: directory, context });
  await writeFile(stamp, wanted);
  return true;
}

async function hashOf(root: string, context: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(context));
  for (const source of sources) {
    for (const file of await filesOf(root, source)) {
      hash.update(file).update(await readFile(path.join(root, file)));
    }
  }
  return hash.digest('hex');
}

async function filesOf(root: string, source: string): Promise<string[]> {
  if (path.extname(source) === '.json') return [source];
  const entries = await readdir(path.join(root, source), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith(beside))
    .sort();
}
