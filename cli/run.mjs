// Runs one of this project's TypeScript files: `node cli/run.mjs cli/start.ts [arguments]`.
// It is plain JavaScript for Node 20, because it runs before anything is installed: it installs
// the exact packages of the lock file when they are missing, then runs the file with a Node that
// strips types by itself: the host's if it is new enough, else the one npm carries.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.installed-lock');

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

function install() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return;
  console.error('Installing packages (once, about a minute) …');
  const npmCli = process.env.npm_execpath;
  const [command, first] = npmCli?.endsWith('.js') ? [process.execPath, [npmCli]] : ['npm', []];
  const { status } = spawnSync(
    command,
    [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32' && command === 'npm',
    },
  );
  if (status !== 0) {
    console.error('Cannot install packages: npm ci failed: see its messages above');
    process.exit(1);
  }
  writeFileSync(stamp, lockHash());
}

function nodeBinary() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    const candidate = path.join(root, 'node_modules', name, 'bin', file);
    if (existsSync(candidate)) return candidate;
  }
  console.error(
    `Cannot run on Node ${process.versions.node}: npm carries no newer one for ${process.platform}-${process.arch}: install Node ${NODE_MAJOR_MIN} or newer from https://nodejs.org`,
  );
  process.exit(1);
}

/**
 * The shop runs for hours in two dozen threads. Left alone, V8's young generation takes up to 100 MB
 * in each, and glibc gives each an arena that it never hands back.
 */
const frugal = {
  options: ['--max-semi-space-size=8'],
  environment: { MALLOC_ARENA_MAX: '2', ...process.env },
};

install();
const [file, ...rest] = process.argv.slice(2);
const isShop = file === 'cli/start.ts';
const node = nodeBinary();
const child = spawn(
  node,
  [
    '--disable-warning=ExperimentalWarning',
    ...(isShop ? frugal.options : []),
    path.join(root, file),
    ...rest,
  ],
  {
    // The channel tells the child that this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...(isShop ? frugal.environment : process.env),
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  },
);
// The child decides how it ends. Ctrl-C reaches it through the terminal as well, which does no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) =>
  process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)),
);
