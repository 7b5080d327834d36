import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import kinesalite from 'kinesalite';
import type { KinesisFactory } from './kinesis-features.ts';
import { answering, freePort } from './oracle-process.ts';

/** Version of the moto library, or undefined where Python has none. */
export const motoVersion: string | undefined = (() => {
  const { status, stdout } = spawnSync('python3', ['-c', 'import moto; print(moto.__version__)'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
})();

export async function startKinesalite(): Promise<KinesisFactory> {
  const server = kinesalite({
    createStreamMs: 0,
    deleteStreamMs: 0,
    updateStreamMs: 0,
    shardLimit: 200,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('kinesalite has no port');
  const client = clientFor(address.port);
  return {
    client,
    async close() {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function startMoto(): Promise<KinesisFactory> {
  const port = await freePort();
  const child = spawn(
    'python3',
    ['-c', 'from moto.server import main; main()', '-H', '127.0.0.1', '-p', String(port)],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const client = clientFor(port);
  await answering(() => client.send(new ListStreamsCommand({})));
  return {
    client,
    async close() {
      client.destroy();
      child.kill();
      await exited;
    },
  };
}

/** Neither of them speaks HTTP/2. */
function clientFor(port: number): KinesisClient {
  return new KinesisClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
    requestHandler: new NodeHttpHandler(),
  });
}
