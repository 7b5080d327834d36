import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

const compress = promisify(gzip);
/** Below, headers and base64 eat up what is won: one packet is one packet. */
const bodyBytesMin = 1400;

/**
 * middy middleware: the body of a GET goes out as gzip where its caller takes that and it is longer
 * than a packet, in base64 as the front wants bytes. A body that is coded otherwise is another one
 * by the byte, so its entity tag is told as a weak one (RFC 9110, 8.8.3), also where a caller who
 * holds it is told that nothing has changed.
 */
export function gzipped(): MiddlewareObj<Event, Result> {
  return {
    async after(request) {
      const { event, response } = request;
      if (!response || event.requestContext.http.method !== 'GET') return;
      request.response = await encode(response, event.headers);
    },
  };
}

async function encode(response: Result, asked: Event['headers']): Promise<Result> {
  const { headers = {}, body = '', statusCode = 200 } = response;
  if (statusCode !== 200 && statusCode !== 304) return response;
  const told = { ...response, headers: { ...headers, vary: varied(headers['vary']) } };
  const etag = headers['etag'];
  if (statusCode === 304) {
    const isWeak = asked['if-none-match']?.includes(`W/${etag}`) === true;
    return isWeak ? { ...told, headers: { ...told.headers, etag: `W/${etag}` } } : told;
  }
  if (body.length < bodyBytesMin || !takesGzip(asked['accept-encoding'])) return told;
  return {
    ...told,
    headers: {
      ...told.headers,
      'content-encoding': 'gzip',
      ...(etag !== undefined && { etag: `W/${etag}` }),
    },
    body: (await compress(body)).toString('base64'),
    isBase64Encoded: true,
  };
}

/** What decides about the answer beside its address. */
function varied(others: string | number | boolean | undefined): string {
  return others === undefined ? 'accept-encoding' : `${others}, accept-encoding`;
}

/** Whether a list of codings (RFC 9110, 12.5.3) has gzip in it, by name or as any, with a weight above 0. */
function takesGzip(header = ''): boolean {
  const weights = new Map(
    header
      .toLowerCase()
      .split(',')
      .map((each): [string, number] => {
        const [coding = '', ...parameters] = each.split(';').map((part) => part.trim());
        const weight = parameters.find((parameter) => parameter.startsWith('q='));
        return [coding, weight === undefined ? 1 : Number(weight.slice(2))];
      }),
  );
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}
