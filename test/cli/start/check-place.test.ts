import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { refuseBlockedPort, refuseRunning } from '../../../cli/start/check-place.ts';

it('refuseBlockedPort() names a port that no browser opens', () => {
  expect(() => refuseBlockedPort(6000)).toThrow('browsers refuse to open port 6000');
  expect(() => refuseBlockedPort(4600)).not.toThrow();
});

it('refuseBlockedPort() is of one mind with fetch', async () => {
  for (const port of [1719, 2049, 4600, 5061, 6000, 6010, 6566, 6669, 6697, 10080]) {
    const cause = await fetch(`http://127.0.0.1:${port}`).then(
      () => '',
      (error: Error) => String((error.cause as Error | undefined)?.message),
    );
    const refused = () => refuseBlockedPort(port);
    if (cause === 'bad port') expect(refused).toThrow();
    else expect(refused).not.toThrow();
  }
});

it('refuseRunning() tells a local cloud that runs from one that has gone', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'place-'));
  await refuseRunning(folder);
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint = {
    ...{ apiUrl: url, awsUrl: url, databaseUrl: url, controlUrl: url },
    ...{ stage: 'dev', pid: process.pid },
  };
  await writeFile(path.join(folder, 'endpoint.json'), JSON.stringify(endpoint));
  await expect(refuseRunning(folder)).rejects.toThrow(
    `Cannot start: one runs on this data at ${url}`,
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  // Killed, and its number given to another process.
  await refuseRunning(folder);
  await rm(folder, { recursive: true });
});
