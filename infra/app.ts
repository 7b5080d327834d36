import { readFileSync } from 'node:fs';
import { App, Aspects, Tags } from 'aws-cdk-lib';
import { z } from 'zod';
import { bundlesFolder as builtBundles } from './build.ts';
import { addChecks } from './checks.ts';
import { JobMappingGuard } from './constructs/job-mapping-guard.ts';
import { readDeployment } from './deployment.ts';
import { AppStack } from './stacks/app-stack.ts';
import { CaptureStack } from './stacks/capture-stack.ts';
import { DataStack } from './stacks/data-stack.ts';

export interface BuildAppProps {
  /** As `-c name=value` would give it. @default - what the environment of the CDK CLI says */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where the assembly is written. @default - where the CDK CLI says, else a temporary folder */
  readonly outdir?: string;
  /** Where the functions' bundles stand. @default - where `infra/build.ts` puts them */
  readonly bundlesFolder?: string;
}

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * The whole system. The flags of `cdk.json` hold however the app is run: they decide what a
 * construct renders, and that every template is validated.
 *
 * @throws Error when context is not understood; synthesis throws when a check finds a fault.
 */
export function buildApp({ context, outdir, bundlesFolder = builtBundles }: BuildAppProps = {}) {
  const file = readFileSync(new URL('../cdk.json', import.meta.url), 'utf8');
  const flags = cdkJson.parse(JSON.parse(file)).context;
  const app = new App({
    context: { ...flags, ...context },
    analyticsReporting: false,
    ...(outdir !== undefined && { outdir }),
  });
  const deployment = readDeployment(app.node);
  const name = (part: string): string => `Shop-${deployment.stage}-${part}`;

  const data = new DataStack(app, name('Data'), deployment);
  const { shop } = data;
  if (shop) new CaptureStack(app, name('Capture'), { deployment, data, shop });
  new AppStack(app, name('App'), { deployment, data, bundlesFolder });

  Tags.of(app).add('product', 'shop');
  Tags.of(app).add('stage', deployment.stage);
  Aspects.of(app).add(new JobMappingGuard());
  addChecks(app);
  return app;
}

if (import.meta.main) buildApp().synth();
