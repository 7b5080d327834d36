import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { insightsApi } from '../../functions/insights-api/insights-api.ts';
import type { SentMessage } from '../../web/sent-messages.ts';
import { getEvent, lambdaContext } from '../fixtures/http-event.ts';

export interface PageFront {
  readonly url: string;
  /** Requests as they came, oldest first: path and the status it was answered with. */
  readonly requests: { readonly path: string; readonly status: number }[];
  readonly stop: () => Promise<void>;
}

/** A small HTTP API: each request becomes an event for the handler; messages sent are listed. */
export async function startPageFront(
  handler: ReturnType<typeof insightsApi>,
  messages: readonly SentMessage[],
  port = 0,
): Promise<PageFront> {
  const requests: { path: string; status: number }[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (path === '/local/webhook') {
      const listed = messages.map(({ receivedAtMs, body }) => ({ receivedAt: receivedAtMs, body }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ messages: listed }));
      return;
    }
    const etag = request.headers['if-none-match'];
    const event = getEvent(path, etag === undefined ? {} : { 'if-none-match': etag });
    const result = await handler(event, lambdaContext('insights-api'));
    const status = result.statusCode ?? 200;
    requests.push({ path, status });
    for (const [name, value] of Object.entries(result.headers ?? {})) {
      response.setHeader(name, String(value));
    }
    response.writeHead(status);
    response.end(result.body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
