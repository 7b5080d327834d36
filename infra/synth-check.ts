import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a person may choose; each must synthesise without a warning. */
const choices: readonly (readonly string[])[] = [
  ['stage=dev'],
  ['stage=prod', 'capture=instance', 'streamMode=on-demand', 'email=owner@example.com'],
  ['stage=dev', 'profile=localstack'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const cdk = join(
  createRequire(import.meta.url).resolve('aws-cdk/package.json'),
  '..',
  'bin',
  'cdk',
);

/** The environment of someone who has no account and no network. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/i.test(name));
  const nowhere = 'http://127.0.0.1:9';
  return {
    ...Object.fromEntries(own),
    // The commands of cdk.json start the project's own Node; here it runs already.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/** `cdk synth --strict` by the CDK command itself: a warning is a failure. */
async function synthStrictly(choice: readonly string[], outdir: string): Promise<void> {
  const options = ['--strict', '--quiet', '--no-notices', '--output', outdir];
  const commands = ['--app', 'node infra/app.ts', '--build', 'node infra/build.ts'];
  const context = choice.flatMap((value) => ['--context', value]);
  const child = spawn(process.execPath, [cdk, 'synth', ...options, ...commands, ...context], {
    cwd: root,
    stdio: 'inherit',
    env: strangersEnvironment(),
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(
      `Cannot synthesise with -c ${choice.join(' -c ')}: see above: received exit ${code ?? signal}`,
    );
  }
  console.log(`cdk synth --strict is clean: -c ${choice.join(' -c ')}`);
}

for (const choice of choices) {
  const outdir = await mkdtemp(join(tmpdir(), 'shop-synth-'));
  try {
    await synthStrictly(choice, outdir);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
