import { describe, expect, test } from 'vitest';
import { httpEvent } from '../../../shared/http/rest-event.ts';

const requestContext = {
  accountId: '000000000000',
  apiId: 'abc',
  domainName: 'abc.execute-api.us-east-1.amazonaws.com',
  identity: { sourceIp: '192.0.2.7', userAgent: 'test' },
  protocol: 'HTTP/1.1',
  requestId: 'r-1',
  requestTime: '21/Nov/2026:10:00:00 +0000',
  requestTimeEpoch: 1_795_255_200_000,
};

const request = {
  resource: '/statistics/{proxy+}',
  path: '/statistics/revenue',
  httpMethod: 'GET',
  headers: { Accept: 'application/json', Cookie: 'a=1; b=2' },
  multiValueHeaders: {
    Accept: ['application/json'],
    Cookie: ['a=1; b=2'],
    'X-Tag': ['one', 'two'],
    'Accept-Encoding': ['gzip'],
  },
  queryStringParameters: { from: '2026-11-21T10:00:00Z', tag: 'b' },
  multiValueQueryStringParameters: { from: ['2026-11-21T10:00:00Z'], tag: ['a & b', 'b'] },
  pathParameters: { proxy: 'revenue' },
  body: null,
  isBase64Encoded: false,
  requestContext,
};

describe('httpEvent()', () => {
  test('is the event that an HTTP API would have sent', () => {
    expect(httpEvent(request)).toEqual({
      version: '2.0',
      routeKey: 'GET /statistics/{proxy+}',
      rawPath: '/statistics/revenue',
      rawQueryString: 'from=2026-11-21T10%3A00%3A00Z&tag=a+%26+b&tag=b',
      headers: { accept: 'application/json', 'x-tag': 'one,two' },
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { from: '2026-11-21T10:00:00Z', tag: 'a & b,b' },
      pathParameters: { proxy: 'revenue' },
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc',
        domainName: 'abc.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'abc',
        http: {
          method: 'GET',
          path: '/statistics/revenue',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.7',
          userAgent: 'test',
        },
        requestId: 'r-1',
        routeKey: 'GET /statistics/{proxy+}',
        stage: '$default',
        time: '21/Nov/2026:10:00:00 +0000',
        timeEpoch: 1_795_255_200_000,
      },
    });
  });

  test.each(['/', '/{proxy+}'])('takes what resource %s took as the default route', (resource) => {
    const event = httpEvent({
      ...request,
      resource,
      httpMethod: 'POST',
      path: '/orders',
      pathParameters: { proxy: 'orders' },
      body: '{"items":[]}',
    });
    expect(event.routeKey).toBe('$default');
    expect(event.rawPath).toBe('/orders');
    expect(event.pathParameters).toBeUndefined();
    expect(event.body).toBe('{"items":[]}');
  });

  test('does without lists of values, and without any query, header or cookie', () => {
    const bare = { resource: '/live', path: '/live', httpMethod: 'GET', requestContext };
    expect(httpEvent({ ...bare, headers: { 'If-None-Match': '"x"' } }).headers).toEqual({
      'if-none-match': '"x"',
    });
    const event = httpEvent({ ...bare, headers: null, queryStringParameters: null });
    expect(event.headers).toEqual({});
    expect(event.rawQueryString).toBe('');
    expect(event).not.toHaveProperty('cookies');
    expect(event).not.toHaveProperty('queryStringParameters');
  });

  test('refuses what is no event of a REST API', () => {
    expect(() => httpEvent({ version: '2.0', rawPath: '/live' })).toThrow();
  });
});
