import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from './build.ts';

export interface SynthesiseOptions {
  /** Where the cloud assembly is written: templates, assets, manifest. */
  readonly outdir: string;
  /** As `-c name=value` would give it. */
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * Bundles the functions and writes the cloud assembly, as `cdk synth` does, without the CDK command:
 * needs no network and no credentials. Runs in a process of its own, which takes CDK's memory with it.
 *
 * @throws Error with everything the synthesis said when it fails.
 */
export async function synthesise({ outdir, context }: SynthesiseOptions): Promise<void> {
  await buildFunctions();
  const app = fileURLToPath(new URL('app.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', app], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const [code, signal] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(`Cannot synthesise the shop: ${said.trim()}: received exit ${code ?? signal}`);
  }
}
