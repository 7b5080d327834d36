import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);

/**
 * Suites that start the whole system, a browser, or another's server to compare with, and the one
 * that takes the engine's safeguards away.
 */
const suites = ['contract', 'end-to-end', 'browser', 'mutation'];

const chosen = process.argv.length > 2 ? process.argv.slice(2) : suites;
const args = [
  'run',
  '--maxWorkers=1',
  '--no-file-parallelism',
  ...chosen.map((one) => `test/${one}`),
];
const child = spawn(
  process.execPath,
  [path.join(root, 'node_modules/vitest/vitest.mjs'), ...args],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SUITE: 'slow' },
  },
);
const [code] = await once(child, 'exit');
process.exit(code ?? 1);
