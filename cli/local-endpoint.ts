import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const localEndpoint = z.object({
  apiUrl: z.url(),
  awsUrl: z.url(),
  /** As the owner of the shop's database. */
  databaseUrl: z.url(),
  stage: z.string(),
  /** Those that are not at their defaults, by variable. */
  settings: z.record(z.string(), z.string()).default({}),
  pid: z.int(),
  controlUrl: z.url(),
});
export type LocalEndpoint = z.infer<typeof localEndpoint>;

/**
 * Where the running local cloud listens, from the file it writes at its start.
 *
 * @param stage what was asked for; it plays one only. @default - the one it plays
 */
export async function readLocalEndpoint(
  dataDirectory = '.local',
  stage?: string | undefined,
): Promise<LocalEndpoint> {
  const file = path.join(dataDirectory, 'endpoint.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notRunning(`no file "${file}"`);
    throw error;
  });
  const endpoint = localEndpoint.parse(JSON.parse(text));
  if (stage !== undefined && stage !== endpoint.stage) {
    throw new RangeError(
      `Cannot reach stage: the local cloud plays ${endpoint.stage}; for one on AWS add --aws: received --stage ${stage}`,
    );
  }
  try {
    process.kill(endpoint.pid, 0);
  } catch (error) {
    const alive = error instanceof Error && 'code' in error && error.code === 'EPERM';
    if (!alive) throw notRunning(`process ${endpoint.pid} is gone`);
  }
  return endpoint;
}

function notRunning(received: string): Error {
  return new Error(
    `Cannot reach the local cloud: it does not run; start it with npm start, or add --aws: received ${received}`,
  );
}
