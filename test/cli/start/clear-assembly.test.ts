import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearAssembly } from '../../../cli/start/clear-assembly.ts';

const dayS = 24 * 3_600;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'assembly-'));
  await writeFile(path.join(folder, 'manifest.json'), '{}');
  for (const [name, days] of [
    ['asset.new', 6],
    ['asset.old', 8],
  ] as const) {
    const bundle = path.join(folder, name);
    await mkdir(bundle);
    await writeFile(path.join(bundle, 'index.mjs'), '');
    const atS = Date.now() / 1_000 - days * dayS;
    await utimes(bundle, atS, atS);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('clearAssembly() leaves the bundles from which another local cloud may run', async () => {
  await writeFile(path.join(folder, 'stamp'), '');
  await clearAssembly(folder, 'stamp', Date.now());
  expect(await readdir(folder)).toEqual(['asset.new']);
});

it('clearAssembly() leaves nothing of an assembly that was not finished', async () => {
  await clearAssembly(folder, 'stamp', Date.now());
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});
