import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { AwsError } from '../service.ts';

/** A request read whole. */
export interface WholeRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case, repeated ones joined; without the pseudo headers of HTTP/2. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** More than any call that is played needs: PutRecords takes 10 MiB, written in base64. */
export const requestBytesMax = 16 * 1024 * 1024;

type Request = IncomingMessage | Http2ServerRequest;

/** The request without its body, which is enough to say what is wrong with it. */
export function requestHead(request: Request): Omit<WholeRequest, 'body'> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const authority = request.headers[':authority'];
  if (typeof authority === 'string') headers['host'] ??= authority;
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers };
}

/**
 * Reads the body to its end, keeping no more than the limit: a client that is still writing would
 * otherwise see a broken connection instead of the answer.
 *
 * @throws AwsError RequestEntityTooLarge above {@link requestBytesMax}.
 */
export async function readBody(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= requestBytesMax) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > requestBytesMax) {
    throw new AwsError(
      'RequestEntityTooLarge',
      `Cannot take request: its body is larger than ${requestBytesMax} bytes: received ${bytes}`,
      413,
    );
  }
  return Buffer.concat(chunks);
}
