import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import { entityTag, namesTag } from '../http/entity-tag.ts';
import { Refusal } from '../http/refusal.ts';

/** Headers of a change that may be meant for what the caller has seen. */
export const ifMatch = z.object({
  'if-match': z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: 'ETag of what is to be changed; when it has changed since: 412.' }),
});

/**
 * The answer with a strong ETag of its body (RFC 9110, 8.8.3), or 304 without the body for a GET
 * whose caller has it.
 */
export function conditional(
  result: APIGatewayProxyStructuredResultV2,
  { headers, requestContext }: APIGatewayProxyEventV2,
): APIGatewayProxyStructuredResultV2 {
  if (result.body === undefined || (result.statusCode ?? 0) >= 300) return result;
  const etag = entityTag(result.body);
  if (requestContext.http.method !== 'GET') {
    return { ...result, headers: { ...result.headers, etag } };
  }
  const isPersonal = headers['authorization'] !== undefined;
  const cached = { etag, 'cache-control': isPersonal ? 'private, no-cache' : 'no-cache' };
  const vary = { ...cached, vary: 'authorization' };
  if (namesTag(headers['if-none-match'], etag, 'weak')) {
    return { statusCode: 304, headers: vary };
  }
  return { ...result, headers: { ...result.headers, ...vary } };
}

/**
 * @param header of If-Match, if it was sent.
 * @param current what GET would answer now.
 * @throws Refusal 412 where the caller has seen something else.
 */
export function refuseChanged(header: string | undefined, current: unknown): void {
  const etag = entityTag(JSON.stringify(current));
  if (header === undefined || namesTag(header, etag, 'strong')) return;
  throw new Refusal(412, 'It has changed since', {
    detail: 'Read it again, and send the change with the new ETag.',
    headers: { etag },
  });
}
