import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { AwsReply } from '../service.ts';

/** They belong to one connection of HTTP/1.1; HTTP/2 refuses them (RFC 9113, 8.2.2). */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

export function writeReply(
  response: ServerResponse | Http2ServerResponse,
  reply: AwsReply,
  method: string,
  requestId: string,
): void {
  const headers: Record<string, string | number> = { 'x-amzn-requestid': requestId };
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    if (!connectionHeaders.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  // The answer to HEAD tells the length of what GET would give, and carries none of it.
  const hasBody = method !== 'HEAD' && reply.status !== 204 && reply.status !== 304;
  if (hasBody) headers['content-length'] = Buffer.byteLength(reply.body);
  // What the two kinds of response share is declared by neither, hence the two branches.
  if ('stream' in response) response.writeHead(reply.status, headers);
  else response.writeHead(reply.status, headers);
  // A client that went away without reading its answer is its own affair.
  response.on('error', () => undefined);
  if (!hasBody) response.end();
  else if (typeof reply.body === 'string') response.end(reply.body);
  else response.end(reply.body);
}
