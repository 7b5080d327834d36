import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const bin = (file: string): string => path.join(root, 'node_modules', file);

/** Each a program of its own, run by this Node, in this order; the first that fails ends it. */
const steps: Readonly<Record<string, readonly string[]>> = {
  'The types fit': [bin('typescript/bin/tsc')],
  'The code reads as agreed': [bin('@biomejs/biome/bin/biome'), 'check', '.'],
  'The functions are bundled': [path.join(root, 'infra/build.ts')],
  'The tests pass': [bin('vitest/vitest.mjs'), 'run', '--coverage', ...process.argv.slice(2)],
};

for (const [what, [file = '', ...args]] of Object.entries(steps)) {
  const startedMs = Date.now();
  const options = { cwd: root, stdio: 'inherit' } as const;
  const child = spawn(process.execPath, [file, ...args], options);
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) {
    console.error(`Not so: ${what} (exit ${code ?? signal})`);
    process.exit(1);
  }
  console.error(`${what}. (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
}
