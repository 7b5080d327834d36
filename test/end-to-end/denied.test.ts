import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../cli/start/assembly.ts';
import { prepareDatabase } from '../../cli/start/prepare-database.ts';
import { type LocalCloud, startLocalCloud } from '../../infra/local/cloud.ts';
import { portsFrom } from '../../infra/local/ports.ts';
import { eventually } from './shop-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const lines: string[] = [];
let directory: string;
let cloud: LocalCloud;

interface Statement {
  readonly Action: string | readonly string[];
}

/** Takes every grant of one action out of the template, as if it were missing in the CDK code. */
async function removeGrant(assembly: string, action: string): Promise<number> {
  let removed = 0;
  for (const file of await readdir(assembly)) {
    if (!file.endsWith('.template.json')) continue;
    const template = JSON.parse(await readFile(path.join(assembly, file), 'utf8'));
    for (const resource of Object.values<{ Type: string; Properties: never }>(template.Resources)) {
      if (resource.Type !== 'AWS::IAM::Policy') continue;
      const document: { Statement: Statement[] } = resource.Properties['PolicyDocument'];
      const kept = document.Statement.filter(({ Action }) => ![Action].flat().includes(action));
      removed += document.Statement.length - kept.length;
      document.Statement = kept;
    }
    await writeFile(path.join(assembly, file), JSON.stringify(template));
  }
  return removed;
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'denied-'));
  const whole = path.join(root, 'dist', 'assembly');
  await ensureAssembly(root, whole, { stage: 'dev' });
  const assembly = path.join(directory, 'assembly');
  await cp(whole, assembly, { recursive: true });
  expect(await removeGrant(assembly, 'firehose:PutRecordBatch')).toBeGreaterThan(0);
  expect(await removeGrant(assembly, 'secretsmanager:GetSecretValue')).toBeGreaterThan(0);
  cloud = await startLocalCloud({
    assembly,
    directory: path.join(directory, 'data'),
    ports: portsFrom(5140),
    stage: 'dev',
    prepareDatabase,
    log: (source, line) => lines.push(`${source} ${line}`),
    progress: () => {},
  });
}, 120_000);

afterAll(async () => {
  await cloud?.close();
  await rm(directory, { recursive: true, force: true });
});

describe('a function whose grant is missing in the template', () => {
  it('is denied, in the words of AWS', { timeout: 60_000 }, async () => {
    const response = await fetch(`${cloud.apiUrl}/products`);
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    await eventually('the log says who may not do what', async () =>
      lines.some((line) =>
        /AccessDenied.*dev-shop-api is not authorized to perform: secretsmanager:GetSecretValue/.test(
          line,
        ),
      ),
    );
  });
});
