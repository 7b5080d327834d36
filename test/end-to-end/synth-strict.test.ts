import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cdk = join(
  createRequire(import.meta.url).resolve('aws-cdk/package.json'),
  '..',
  'bin',
  'cdk',
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-strict-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The environment of someone who has no account, no network and no home. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/i.test(name));
  const nowhere = 'http://127.0.0.1:9';
  return {
    ...Object.fromEntries(own),
    // The commands of cdk.json start the project's own Node; here it runs already.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

test.each([
  [['stage=dev']],
  [['stage=prod', 'capture=instance', 'streamMode=on-demand', 'email=owner@example.com']],
  [['stage=dev', 'profile=localstack']],
])(
  'cdk synth --strict is clean without network and account: %j',
  async (context) => {
    const options = ['--strict', '--quiet', '--no-notices', '--output', join(folder, 'cdk.out')];
    const commands = ['--app', 'node infra/app.ts', '--build', 'node infra/build.ts'];
    const choices = context.flatMap((choice) => ['--context', choice]);
    const child = spawn(process.execPath, [cdk, 'synth', ...options, ...commands, ...choices], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: strangersEnvironment(),
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const [code] = await once(child, 'close');
    expect(said).not.toMatch(/warning/i);
    expect([code, said]).toEqual([0, expect.stringContaining('Successfully synthesized')]);
  },
  120_000,
);
