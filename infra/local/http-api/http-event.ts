import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { localAccountId } from '../service.ts';
import { decodePath } from './route-table.ts';

/** A request read whole. */
export interface HttpRequest {
  readonly method: string;
  /** Path with query string, as received. */
  readonly target: string;
  /** As received, names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface HttpEventContext {
  readonly apiId: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly nowMs: number;
}

/**
 * The event of payload format 2.0.
 *
 * As on AWS the paths come decoded and the query string does not, cookies leave the headers, and
 * every body but text is base64, a form and a body without content type too.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent(request: HttpRequest, context: HttpEventContext): APIGatewayProxyEventV2 {
  const { path, query } = splitTarget(request.target);
  const { headers, cookies } = readHeaders(request.rawHeaders);
  const rawPath = decodePath(path);
  const isText = hasTextBody(headers);
  const hasBody = request.body.length > 0;
  const queryStringParameters = joinRepeated([...new URLSearchParams(query)]);
  const domainName = headers['host'] ?? 'localhost';
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query !== '' && { queryStringParameters }),
    requestContext: {
      accountId: localAccountId,
      apiId: context.apiId,
      domainName,
      domainPrefix: domainName.split(/[.:]/)[0] ?? domainName,
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: context.routeKey,
      stage: context.stageName,
      time: commonLogTime(context.nowMs),
      timeEpoch: context.nowMs,
    },
    ...(hasBody && { body: request.body.toString(isText ? 'utf8' : 'base64') }),
    ...(Object.keys(context.pathParameters).length > 0 && {
      pathParameters: { ...context.pathParameters },
    }),
    ...(Object.keys(context.stageVariables).length > 0 && {
      stageVariables: { ...context.stageVariables },
    }),
    isBase64Encoded: hasBody && !isText,
  };
}

/** Path and query string of a request target. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  if (mark < 0) return { path: target, query: '' };
  return { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function readHeaders(rawHeaders: readonly string[]): {
  headers: Record<string, string>;
  cookies: string[];
} {
  const pairs: [string, string][] = [];
  const cookies: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(/;\s*/));
    else pairs.push([name, value]);
  }
  return { headers: joinRepeated(pairs), cookies };
}

function joinRepeated(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

function hasTextBody(headers: Readonly<Record<string, string>>): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  return /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i.test(
    headers['content-type'] ?? '',
  );
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
