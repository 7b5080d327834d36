import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body; undefined when it is larger than allowed. The rest of such a body is then
 * read and dropped, or the caller would be cut off before it hears the answer.
 */
export async function readBody(
  message: IncomingMessage,
  bytesMax: number,
): Promise<Buffer | undefined> {
  if (Number(message.headers['content-length'] ?? 0) > bytesMax) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bytesMax) resolve(undefined);
    else chunks.push(chunk);
  });
  message.on('end', () => resolve(Buffer.concat(chunks)));
  message.on('error', reject);
  message.on('close', () => reject(new Error('the caller left in the middle of the request')));
  return await promise;
}
