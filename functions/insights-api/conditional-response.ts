import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { namesTag } from '../../shared/http/entity-tag.ts';

/** Answers 304 without a body where the caller holds this version already, else 200 with it. */
export function conditionalResponse(
  event: APIGatewayProxyEventV2,
  body: string,
  etag: string,
  headers: Readonly<Record<string, string>>,
): APIGatewayProxyStructuredResultV2 {
  const always = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  const common = { ...headers, ...always };
  return namesTag(event.headers['if-none-match'], etag, 'weak')
    ? { statusCode: 304, headers: common }
    : { statusCode: 200, headers: common, body };
}
