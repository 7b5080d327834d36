import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A strong entity tag (RFC 9110 §8.8.3) of a body. */
export function entityTag(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/** Answers 304 without a body where the caller holds this version already, else 200 with it. */
export function conditionalResponse(
  event: APIGatewayProxyEventV2,
  body: string,
  etag: string,
  headers: Readonly<Record<string, string>>,
): APIGatewayProxyStructuredResultV2 {
  const always = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  const common = { ...headers, ...always };
  return holdsVersion(event.headers['if-none-match'], etag)
    ? { statusCode: 304, headers: common }
    : { statusCode: 200, headers: common, body };
}

/** If-None-Match: a list of tags or `*`, compared weakly (RFC 9110 §13.1.2). */
function holdsVersion(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
