import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { runTraffic } from '../../../cli/start/traffic.ts';

const empty = createServer((_, response) => {
  response.setHeader('content-type', 'application/json').end('{"items":[]}');
});
afterEach(() => {
  vi.restoreAllMocks();
  empty.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('runTraffic() comes again until there is something to buy, and says once why it waits', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const port = await freePort();
  const stopping = new AbortController();
  const traffic = runTraffic({
    apiUrl: `http://127.0.0.1:${port}`,
    database: {},
    ratePerSecond: 1,
    seed: 1,
    signal: stopping.signal,
  });
  const words = () => said.mock.calls.map(([text]) => String(text));
  await vi.waitFor(() => expect(words()).toEqual([expect.stringMatching(/no shop answers/)]), {
    timeout: 20_000,
  });
  await new Promise<void>((resolve) => empty.listen(port, '127.0.0.1', resolve));
  await vi.waitFor(
    () =>
      expect(words()).toEqual([
        expect.stringMatching(/no shop answers/),
        expect.stringMatching(/^The shoppers come again: Cannot shop: the shop has no products/),
      ]),
    { timeout: 20_000 },
  );
  stopping.abort();
  expect(await traffic).toBeUndefined();
}, 60_000);
