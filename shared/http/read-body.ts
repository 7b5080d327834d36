import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Refusal } from './refusal.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON of a request's body, not yet checked against a schema.
 *
 * @param bytesMax largest body that is read.
 * @throws Refusal 413 for a body that is too large, 415 for one that is not said to be JSON, 400 for
 *   one that is not. The text itself is never repeated: it may hold a password.
 */
export function readBody(event: APIGatewayProxyEventV2, bytesMax: number): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > bytesMax) {
    throw new Refusal(413, 'The body is too large', {
      detail: `At most ${bytesMax} bytes are read; this one has ${bytes.length}.`,
    });
  }
  const type = event.headers['content-type'] ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, 'The body has a media type that is not read', {
      detail: 'Send JSON, with the header content-type: application/json.',
      headers: { accept: 'application/json' },
    });
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Refusal(400, 'The body is not JSON', {
      errors: [{ field: '', reason: 'Cannot be parsed as JSON in UTF-8' }],
    });
  }
}
