import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { z } from 'zod';
import { buildApp } from '../../infra/app.ts';

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.any()).default({}),
  DeletionPolicy: z.string().optional(),
  DependsOn: z.array(z.string()).optional(),
});
const template = z.object({
  Resources: z.record(z.string(), resource),
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.any() })).default({}),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

export type TemplateResource = z.output<typeof resource>;

/** The templates of one synthesis, by the last part of their stack's name. */
export type Templates = Readonly<Record<string, z.output<typeof template>>>;

const functions = [
  'shop-api',
  'click-intake',
  'statistics',
  'sale-features',
  'fraud-detection',
  'fraud-cases',
  'alert-delivery',
  'insights-api',
  'land-records',
  'clock',
  'order-expiry',
];

/** Synthesises the app over empty bundles, after `change` had its way with it. */
export async function synthesiseTemplates(
  context: Readonly<Record<string, unknown>> = {},
  change: (app: App) => void = () => {},
): Promise<Templates> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-templates-'));
  try {
    const bundlesFolder = join(folder, 'bundles');
    for (const name of functions) {
      await mkdir(join(bundlesFolder, name), { recursive: true });
      await writeFile(join(bundlesFolder, name, 'index.mjs'), `// ${name}`);
    }
    const app = buildApp({ context, outdir: join(folder, 'cdk.out'), bundlesFolder });
    change(app);
    const { stacks } = app.synth();
    const read = stacks.map(async ({ stackName, templateFullPath }) => {
      const text = await readFile(templateFullPath, 'utf8');
      return [stackName.split('-').at(-1) ?? '', template.parse(JSON.parse(text))] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All resources of the given type, of all stacks. */
export function resourcesOf(templates: Templates, type: string): readonly TemplateResource[] {
  return allResources(templates).filter((one) => one.Type === type);
}

export function allResources(templates: Templates): readonly TemplateResource[] {
  return Object.values(templates).flatMap(({ Resources }) => Object.values(Resources));
}

export function only<T>(all: readonly T[]): T {
  const [one, ...others] = all;
  if (one === undefined || others.length > 0) {
    throw new Error(`Cannot pick the only one: received ${all.length}`);
  }
  return one;
}
