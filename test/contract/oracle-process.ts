import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const startTimeoutMs = 30_000;

/** Resolves once a call succeeds; rejects with its error when it does not within half a minute. */
export async function answering(call: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + startTimeoutMs;
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await delay(100);
    }
  }
}

/** A port for a program that cannot choose one by itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
