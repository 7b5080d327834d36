import { z } from 'zod';

/** A response ready to be written. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const structured = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers that belong to the connection or follow from the body: the server writes its own. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads what a function returned by the rules of payload format 2.0: an object with a status code
 * is a response; anything else is the body of a JSON response with status 200. Undefined means the
 * function's answer is no response, which callers see as an internal error.
 */
export function proxyResponse(payload: unknown): HttpReply | undefined {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const parsed = structured.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode: status, cookies, isBase64Encoded } = parsed.data;
  const headers: Record<string, string | string[]> = { 'content-type': 'text/plain;charset=utf-8' };
  for (const [name, value] of Object.entries(parsed.data.headers ?? {})) {
    const lowered = name.toLowerCase();
    if (!ownHeaders.has(lowered)) headers[lowered] = value;
  }
  if (cookies && cookies.length > 0) headers['set-cookie'] = cookies;
  const text = parsed.data.body ?? '';
  return { status, headers, body: isBase64Encoded ? Buffer.from(text, 'base64') : text };
}

/** API Gateway's own replies. */
export function messageReply(status: number, message: string): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  };
}
