import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ShopProcess } from './shop-process.ts';

const run = promisify(execFile);
let shop: ShopProcess;
let apiUrl: string;

beforeAll(async () => {
  shop = await ShopProcess.create(5210);
  ({ apiUrl } = await shop.start('--no-traffic'));
}, 120_000);

afterAll(() => shop.remove());

it('README: an order can be placed with the lines that stand there', async () => {
  const readme = await readFile(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const block = /```sh\n(api=http.*?)```/s.exec(readme)?.[1] ?? '';
  const script = block.replace(/^api=.*$/m, `api=${apiUrl}`);
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script]);
  expect(stdout).toContain('"status":"pending"');
  expect(stdout).toContain('"shippingCountry":"BR"');
  expect(stdout).not.toContain('application/problem+json');
  expect(stdout).not.toMatch(/"status":4\d\d/);
});
