import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replaceFolder } from '../../infra/replace-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-replace-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function folderOf(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return join(folder, name);
}

describe('replaceFolder()', () => {
  test('puts the fresh folder where there was none', async () => {
    const fresh = await folderOf('fresh', { 'a/one.mjs': '1' });
    await replaceFolder(fresh, join(folder, 'place'));
    expect(await readdir(folder)).toEqual(['place']);
    expect(await readFile(join(folder, 'place', 'a', 'one.mjs'), 'utf8')).toBe('1');
  });

  test('leaves nothing of what stood there before', async () => {
    const place = await folderOf('place', { 'one.mjs': '1', 'gone.mjs': '2' });
    await replaceFolder(await folderOf('fresh', { 'one.mjs': '3' }), place);
    expect(await readdir(place)).toEqual(['one.mjs']);
    expect(await readFile(join(place, 'one.mjs'), 'utf8')).toBe('3');
  });

  test('does not touch a folder that holds the same', async () => {
    const place = await folderOf('place', { 'a/one.mjs': '1' });
    const { ino } = await stat(place);
    await replaceFolder(await folderOf('fresh', { 'a/one.mjs': '1' }), place);
    expect((await stat(place)).ino).toBe(ino);
    expect(await readdir(folder)).toEqual(['place']);
  });

  test('ends with one of them when several do it at once', async () => {
    const place = join(folder, 'place');
    const names = ['x', 'y', 'z'];
    const fresh = await Promise.all(names.map((name) => folderOf(name, { 'one.mjs': name })));
    await Promise.all(fresh.map((one) => replaceFolder(one, place)));
    expect(names).toContain(await readFile(join(place, 'one.mjs'), 'utf8'));
    expect(await readdir(folder)).toEqual(['place']);
  });
});
