import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const guide = path.join(root, 'docs/guides/write-a-job.md');
/** A path, a colon, and the whole file in the block below it. */
const fileBlock = /`([\w./-]+\.ts)`:\n\n```ts\n([\s\S]*?\n)```/g;

let folder = '';
let files: ReadonlyMap<string, string> = new Map();

/** The repository as it is for someone who has followed the guide. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'write-a-job-'));
  const text = await readFile(guide, 'utf8');
  files = new Map([...text.matchAll(fileBlock)].map(([, file = '', code = '']) => [file, code]));
  for (const linked of ['shared', 'node_modules', 'test/fixtures']) {
    await mkdir(path.dirname(path.join(folder, linked)), { recursive: true });
    await symlink(path.join(root, linked), path.join(folder, linked), 'junction');
  }
  await cp(path.join(root, 'functions'), path.join(folder, 'functions'), { recursive: true });
  for (const copied of ['package.json', 'biome.json']) {
    await cp(path.join(root, copied), path.join(folder, copied));
  }
  // Its own, so that nothing is written through the link to the packages.
  const vitestSettings = "export default { cacheDir: '.cache' };";
  await writeFile(path.join(folder, 'vitest.config.ts'), vitestSettings);
  for (const [file, code] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), code);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a program of the repository says and how it ends, begun in the folder. */
function run(program: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const file = path.join(root, 'node_modules', program);
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error ? 1 : 0, output: stdout + stderr });
    });
  });
}

const fine = (output: string) => ({ code: 0, output });

test('write-a-job.md has a declaration, the list it goes into and a test', () => {
  expect([...files.keys()]).toEqual([
    'functions/statistics/orders-by-country.ts',
    'functions/statistics/jobs.ts',
    'test/functions/statistics/orders-by-country.test.ts',
  ]);
});

test('write-a-job.md compiles', async () => {
  const settings = { extends: path.join(root, 'tsconfig.json'), files: [...files.keys()] };
  await writeFile(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ ...settings, include: [], exclude: [] }),
  );
  const { code, output } = await run('typescript/bin/tsc');
  expect({ code, output }).toEqual(fine(output));
}, 120_000);

test('write-a-job.md reads as the repository does', async () => {
  const { code, output } = await run(
    '@biomejs/biome/bin/biome',
    'check',
    '--vcs-enabled=false',
    ...files.keys(),
  );
  expect({ code, output }).toEqual(fine(output));
});

test('write-a-job.md has a list that leaves out no job there is', async () => {
  const list = await readFile(path.join(root, 'functions/statistics/jobs.ts'), 'utf8');
  const jobsOf = (code = '') => code.match(/\w+Job(?=\(settings\))/g) ?? [];
  const inGuide = jobsOf(files.get('functions/statistics/jobs.ts'));
  expect(inGuide).toEqual([...jobsOf(list), 'ordersByCountryJob']);
});

test('write-a-job.md has a test that passes on the engine, and fails on a job that counts twice', async () => {
  const [declaration = '', , itsTest = ''] = files.keys();
  const passed = await run('vitest/vitest.mjs', 'run', '--root', folder, itsTest);
  expect(passed).toEqual(fine(passed.output));
  const broken = files.get(declaration)?.replace('orders: count()', 'orders: sum(() => 2)');
  await writeFile(path.join(folder, declaration), broken ?? '');
  const { output } = await run('vitest/vitest.mjs', 'run', '--root', folder, itsTest);
  expect(output).toContain('3 failed');
}, 180_000);
