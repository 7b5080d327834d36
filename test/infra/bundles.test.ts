import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFunctions } from '../../infra/build.ts';
import { only, resourcesOf, synthesiseTemplates, type TemplateResource } from './templates.ts';

let folder: string;
let bundles: string;
let functions: readonly TemplateResource[];
let restFunctions: readonly TemplateResource[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-bundles-'));
  bundles = join(folder, 'functions');
  await buildFunctions(bundles);
  functions = resourcesOf(await synthesiseTemplates(), 'AWS::Lambda::Function');
  restFunctions = resourcesOf(
    await synthesiseTemplates({ profile: 'localstack' }),
    'AWS::Lambda::Function',
  );
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Loads a function as Lambda does: its module, with the environment of its template and no more.
 * Resolves to what its handler answers to the event; without one, to the type of the handler.
 */
async function runs({ Properties }: TemplateResource, event?: unknown): Promise<unknown> {
  const [module = '', name = ''] = Properties['Handler'].split('.');
  const bundle = join(bundles, Properties['FunctionName'].replace('dev-', ''), `${module}.mjs`);
  const variables: Record<string, unknown> = Properties['Environment'].Variables;
  const worker = new Worker(
    `import { parentPort, workerData } from 'node:worker_threads';
     const { [workerData.name]: handler } = await import(workerData.url);
     const { event } = workerData;
     parentPort.postMessage(event ? await handler(event, {}) : typeof handler);
     process.exit();`,
    {
      eval: true,
      workerData: { url: pathToFileURL(bundle).href, name, event },
      env: {
        AWS_REGION: 'us-east-1',
        ...Object.fromEntries(
          Object.entries(variables).map(([variable, value]) => [variable, asDeployed(value)]),
        ),
      },
    },
  );
  try {
    const [message] = await once(worker, 'message');
    return message;
  } finally {
    await worker.terminate();
  }
}

/** A variable whose value only CloudFormation knows gets one of the right form. */
function asDeployed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (JSON.stringify(value) === '{"Ref":"TokenPublicKey"}') return ''; // the parameter's default
  return 'https://sqs.us-east-1.amazonaws.com/000000000000/any';
}

describe('buildFunctions()', () => {
  test('makes every function of the template load with the environment it is given there', async () => {
    for (const one of functions) {
      expect([one.Properties['FunctionName'], await runs(one)]).toEqual([
        one.Properties['FunctionName'],
        'function',
      ]);
    }
    expect(functions).toHaveLength(11);
  });

  test('makes an entry for a REST API beside each function that answers HTTP', async () => {
    const behindRest = restFunctions.filter(
      ({ Properties }) => Properties['Handler'] === 'rest.handler',
    );
    expect(behindRest).toHaveLength(3);
    for (const one of behindRest) expect(await runs(one)).toBe('function');
    const isShopApi = ({ Properties }: TemplateResource) =>
      Properties['FunctionName'] === 'dev-shop-api';
    const answer = await runs(only(behindRest.filter(isShopApi)), {
      resource: '/{proxy+}',
      path: '/nowhere',
      httpMethod: 'GET',
      headers: { Accept: '*/*' },
      requestContext: { identity: { sourceIp: '192.0.2.7' } },
    });
    expect(answer).toMatchObject({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: expect.stringContaining('/nowhere'),
    });
  });

  test('puts the live page and the pages of the API documentation beside who serves them', async () => {
    expect((await readdir(join(bundles, 'insights-api', 'web'))).sort()).toEqual([
      'clicks.js',
      'icon.svg',
      'index.html',
      'live.css',
      'live.js',
    ]);
    const docs = await readdir(join(bundles, 'shop-api', 'docs'));
    expect(docs).toContain('swagger-ui-bundle.js');
    expect(docs).toContain('swagger-ui.css');
  });

  test('leaves source maps that a stack trace can follow, without the sources', async () => {
    const bundle = join(bundles, 'clock', 'index.mjs');
    expect(await readFile(bundle, 'utf8')).toContain('//# sourceMappingURL=index.mjs.map');
    const map = JSON.parse(await readFile(`${bundle}.map`, 'utf8'));
    expect(map.sources).toContainEqual(expect.stringMatching(/\/functions\/clock\/handler\.ts$/));
    expect(map.sourcesContent).toBeUndefined();
  });

  test('leaves no half-made folder behind', async () => {
    expect(await readdir(folder)).toEqual(['functions']);
  });
});
