import { createServer } from 'node:net';

/** The ports of one local cloud, side by side. */
export interface Ports {
  /** The HTTP API, with the live page. */
  readonly api: number;
  /** The endpoint of all AWS services. */
  readonly aws: number;
  readonly database: number;
}

/** @param base the first of three ports. */
export function portsFrom(base: number): Ports {
  return { api: base, aws: base + 1, database: base + 2 };
}

/**
 * The database's port is checked by the database, which may find its own left-over server there.
 *
 * @throws Error naming the port that is taken, and how to use others.
 */
export async function checkFree({ api, aws }: Omit<Ports, 'database'>): Promise<void> {
  for (const [name, port] of Object.entries({ api, aws })) {
    if (await isFree(port)) continue;
    throw new Error(
      `Cannot start: port ${port} (${name}) is taken by another program: free it, or use others with --port-base ${port + 100}`,
    );
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
