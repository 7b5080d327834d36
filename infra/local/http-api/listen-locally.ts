import type { Server } from 'node:http';

/** A server that listens on this machine only. */
export interface LocalListener {
  readonly port: number;
  readonly url: string;
  /** Lets running requests finish for so long, then cuts them. */
  close(patienceMs?: number): Promise<void>;
}

const patienceMsDefault = 2000;

/** Binds a server to 127.0.0.1; a taken port is told as such. */
export async function listenLocally(server: Server, port: number): Promise<LocalListener> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
    reject(new Error(`Cannot listen on 127.0.0.1: ${reason}: received port ${port}`));
  });
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;

  async function close(patienceMs = patienceMsDefault): Promise<void> {
    const closed = new Promise<void>((done) => server.close(() => done()));
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    await closed;
    clearTimeout(cut);
  }

  return { port: bound, url: `http://127.0.0.1:${bound}`, close };
}
