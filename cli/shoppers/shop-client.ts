import type { z } from 'zod';

/** A request that the shop did not serve: a status, or `network` when there was no answer. */
export class RequestFailed extends Error {
  readonly kind: string;

  constructor(kind: string, request: string, options?: ErrorOptions) {
    super(`Cannot ${request}: the shop answered: received ${kind}`, options);
    this.name = 'RequestFailed';
    this.kind = kind;
  }
}

export interface ShopRequest<Answer> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: z.ZodType<Answer>;
}

export interface ShopClient {
  /** @throws RequestFailed for any status but a success, and without an answer. */
  send<Answer>(request: ShopRequest<Answer>): Promise<Answer>;
}

const ANSWER_MS_MAX = 15_000;

/** Speaks to the shop's API; connections are kept. */
export function shopClient(apiUrl: string): ShopClient {
  return {
    async send({ method, path, body, headers, answer }) {
      const request = `${method} ${path.replace(/\?.*/, '')}`;
      const response = await fetch(new URL(path, apiUrl), {
        method,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        throw new RequestFailed('network', request, { cause: error });
      });
      const text = await response.text().catch((error: unknown) => {
        throw new RequestFailed('network', request, { cause: error });
      });
      if (!response.ok) throw new RequestFailed(String(response.status), request, { cause: text });
      return answer.parse(JSON.parse(text));
    },
  };
}
