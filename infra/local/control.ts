import type { CapturePlayer } from './capture/player.ts';
import type { HttpRequest } from './http-api/http-event.ts';
import type { HttpReply } from './http-api/proxy-response.ts';

type Control = (request: HttpRequest) => Promise<HttpReply>;

/** What commands ask of the running local cloud, beside the AWS API: the capture's start and stop. */
export function createControl(
  apiUrl: string,
  capture: CapturePlayer,
): ReadonlyMap<string, Control> {
  return new Map<string, Control>([
    ['/local/capture', only('GET', async () => capture.status())],
    [
      '/local/capture/start',
      only('POST', async () => {
        await capture.start();
        return capture.status();
      }),
    ],
    [
      '/local/capture/stop',
      only('POST', async () => {
        await capture.stop();
        return capture.status();
      }),
    ],
  ]);

  /** A page of another origin may not press these buttons. */
  function only(method: string, act: () => Promise<unknown>): Control {
    return async (request) => {
      const origin = headerOf(request, 'origin');
      if (origin !== undefined && origin !== apiUrl) return reply(403, { message: 'Forbidden' });
      if (request.method !== method) return reply(405, { message: `Use ${method}` });
      try {
        return reply(200, await act());
      } catch (error) {
        return reply(500, { message: error instanceof Error ? error.message : String(error) });
      }
    };
  }
}

function headerOf({ rawHeaders }: HttpRequest, name: string): string | undefined {
  const index = rawHeaders.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name);
  return index < 0 ? undefined : rawHeaders[index + 1];
}

function reply(status: number, body: unknown): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
