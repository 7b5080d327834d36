import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown() })).default({}),
  Mappings: z.record(z.string(), z.unknown()).default({}),
});

const assetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }) })),
});

export type TemplateResource = z.output<typeof resourceSchema>;

export interface StackTemplate extends z.output<typeof templateSchema> {
  readonly name: string;
}

/** What `cdk synth` wrote: the templates of all stacks, and the files they refer to by hash. */
export interface Assembly {
  readonly stacks: readonly StackTemplate[];
  /** Folder or file of an asset, by its hash. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads a cloud assembly from the folder that `cdk synth` wrote.
 *
 * @throws Error when the folder holds none, or one of another form.
 */
export function readAssembly(directory: string): Assembly {
  const manifest = manifestSchema.parse(readJson(directory, 'manifest.json'));
  const stacks: StackTemplate[] = [];
  const assets = new Map<string, string>();
  for (const [id, { type, properties }] of Object.entries(manifest.artifacts)) {
    if (type !== 'aws:cloudformation:stack' || !properties?.templateFile) continue;
    const template = templateSchema.parse(readJson(directory, properties.templateFile));
    stacks.push({ name: properties.stackName ?? id, ...template });
    const { files } = assetsSchema.parse(
      readJson(directory, properties.templateFile.replace('.template.json', '.assets.json')),
    );
    for (const [hash, { source }] of Object.entries(files)) {
      if (source.path) assets.set(hash, path.resolve(directory, source.path));
    }
  }
  return { stacks, assets };
}

function readJson(directory: string, file: string): unknown {
  const full = path.join(directory, file);
  try {
    return JSON.parse(readFileSync(full, 'utf8'));
  } catch (error) {
    throw new Error(`Cannot read the synthesised template: ${full}`, { cause: error });
  }
}
