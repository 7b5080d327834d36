import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const file = path.join(import.meta.dirname, '../../cli/bench.ts');

function bench(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args]);
  return { status, out: String(stdout), error: String(stderr) };
}

it('npm run bench tells what there is to measure, also where it was asked for something else', () => {
  expect(bench('--help')).toMatchObject({ status: 0, out: expect.stringContaining('engine') });
  expect(bench('engine', '--help')).toMatchObject({ status: 0, error: '' });
  expect(bench('hats')).toMatchObject({ status: 2, error: expect.stringContaining('engine') });
  const { status, error } = bench('engine', '--hats');
  expect(status).toBe(1);
  expect(error).toBe("Cannot read options: unknown option '--hats'; --help tells them\n");
});
