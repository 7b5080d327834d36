import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { z } from 'zod';

const texts = z.record(z.string(), z.string().optional()).nullish();
const textLists = z.record(z.string(), z.array(z.string()).optional()).nullish();

const restEventSchema = z.object({
  resource: z.string(),
  path: z.string(),
  httpMethod: z.string(),
  headers: texts,
  multiValueHeaders: textLists,
  queryStringParameters: texts,
  multiValueQueryStringParameters: textLists,
  pathParameters: texts,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    accountId: z.string().default(''),
    apiId: z.string().default(''),
    domainName: z.string().nullish(),
    identity: z.object({ sourceIp: z.string().nullish(), userAgent: z.string().nullish() }),
    protocol: z.string().default('HTTP/1.1'),
    requestId: z.string().default(''),
    requestTime: z.string().default(''),
    requestTimeEpoch: z.number().default(0),
  }),
});

/** The resource of a REST API that takes what no other resource takes. */
const catchAll = '/{proxy+}';

/**
 * The event of a REST API (payload format 1.0) as an HTTP API would have sent it (format 2.0): names
 * of headers in lower case, repeated headers and parameters joined by commas, cookies apart, the
 * stage left out of the path, no word of codings that the caller takes. What the catch-all resource took becomes route `$default`.
 *
 * @throws ZodError when the event is not one of a REST API.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent(restEvent: unknown): APIGatewayProxyEventV2 {
  const event = restEventSchema.parse(restEvent);
  const { requestContext: context } = event;
  const isDefault = event.resource === catchAll || event.resource === '/';
  const routeKey = isDefault ? '$default' : `${event.httpMethod} ${event.resource}`;
  const headers = byName(
    pairs(event.multiValueHeaders, event.headers).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const cookies = headers['cookie']?.split('; ');
  delete headers['cookie'];
  // A REST API hands on text alone unless it lists the types that are not: no answer is compressed.
  delete headers['accept-encoding'];
  const query = pairs(event.multiValueQueryStringParameters, event.queryStringParameters);
  return {
    version: '2.0',
    routeKey,
    rawPath: event.path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers,
    ...(cookies !== undefined && { cookies }),
    ...(query.length > 0 && { queryStringParameters: byName(query) }),
    ...(!isDefault && event.pathParameters && { pathParameters: event.pathParameters }),
    ...(event.body && { body: event.body }),
    isBase64Encoded: event.isBase64Encoded,
    requestContext: {
      accountId: context.accountId,
      apiId: context.apiId,
      domainName: context.domainName ?? '',
      domainPrefix: context.domainName?.split('.')[0] ?? '',
      http: {
        method: event.httpMethod,
        path: event.path,
        protocol: context.protocol,
        sourceIp: context.identity.sourceIp ?? '',
        userAgent: context.identity.userAgent ?? '',
      },
      requestId: context.requestId,
      routeKey,
      stage: '$default',
      time: context.requestTime,
      timeEpoch: context.requestTimeEpoch,
    },
  };
}

type Texts = z.output<typeof texts>;
type TextLists = z.output<typeof textLists>;

/** Lists win; a front that sends no lists still sends the last value of each name. */
function pairs(lists: TextLists, singles: Texts): [string, string][] {
  const all = Object.entries(lists ?? {}).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  );
  if (all.length > 0) return all;
  return Object.entries(singles ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
}

function byName(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of entries) {
    values[name] = name in values ? `${values[name]},${value}` : value;
  }
  return values;
}
