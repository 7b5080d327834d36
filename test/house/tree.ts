import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { readSource, type Source } from './source.ts';

const root: string = join(import.meta.dirname, '..', '..');

/** The repository as the house rules see it: what git would keep, whether it is committed or not. */
export interface Tree {
  /** Every file, from the root, with slashes. */
  readonly paths: readonly string[];
  readonly sources: readonly Source[];
  text(path: string): string;
}

export function readTree(): Tree {
  const ignored = [
    '.git',
    ...readFileSync(join(root, '.gitignore'), 'utf8').trim().split('\n'),
  ].map((line) => line.replace(/\/$/, ''));
  return treeOfPaths(filesBelow('', ignored), (path) => readFileSync(join(root, path), 'utf8'));
}

/** A tree in memory, to see a rule at work. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return treeOfPaths(Object.keys(files), (path) => files[path] ?? '');
}

function treeOfPaths(paths: readonly string[], text: Tree['text']): Tree {
  const sources = paths
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readSource(path, text(path)));
  return { paths, sources, text };
}

function filesBelow(folder: string, ignored: readonly string[]): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !ignored.some((pattern) => matchesGlob(name, pattern)))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path, ignored) : [path];
    })
    .sort();
}
