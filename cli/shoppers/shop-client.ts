import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

/**
 * A request that the shop did not serve: a status, `network` when there was no answer, `unreadable`
 * when there was one of another shape.
 */
export class RequestFailed extends Error {
  readonly kind: string;

  constructor(kind: string, request: string, options?: ErrorOptions) {
    super(`Cannot ${request}: the shop answered: received ${kind}`, options);
    this.name = 'RequestFailed';
    this.kind = kind;
  }
}

export interface ShopRequest<Answer> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Whose request it is; undefined: anyone's. */
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: z.ZodType<Answer>;
}

export interface ShopClient {
  /** @throws RequestFailed for any status but a success, and without an answer. */
  send<Answer>(request: ShopRequest<Answer>): Promise<Answer>;
}

const ANSWER_MS_MAX = 15_000;
const ATTEMPTS_MAX = 6;
const FIRST_PAUSE_MS = 100;

/**
 * Speaks to the shop's API; connections are kept. A request that was turned away because there were
 * too many has not been looked at, so it is sent again after a pause.
 */
export function shopClient(apiUrl: string): ShopClient {
  async function answerTo({ method, path, token, body, headers }: ShopRequest<unknown>) {
    const request = `${method} ${path.replace(/\?.*/, '')}`;
    try {
      const response = await fetch(new URL(path, apiUrl), {
        method,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { request, response, text: await response.text() };
    } catch (error) {
      throw new RequestFailed('network', request, { cause: error });
    }
  }

  return {
    async send(asked) {
      for (let attempt = 1; ; attempt++) {
        const { request, response, text } = await answerTo(asked);
        if (response.status === 429 && attempt < ATTEMPTS_MAX) {
          await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
          continue;
        }
        if (!response.ok)
          throw new RequestFailed(String(response.status), request, { cause: text });
        try {
          return asked.answer.parse(JSON.parse(text));
        } catch (error) {
          throw new RequestFailed('unreadable', request, { cause: error });
        }
      }
    },
  };
}
