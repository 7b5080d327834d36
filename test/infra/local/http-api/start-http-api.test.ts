import { mkdtemp, rm } from 'node:fs/promises';
import {
  type ClientRequestArgs,
  request as httpRequest,
  type IncomingHttpHeaders,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type HttpApiOptions,
  type LocalHandler,
  type RunningHttpApi,
  startHttpApi,
} from '../../../../infra/local/http-api/start-http-api.ts';
import { createFunctionHost } from '../../../../infra/local/lambda/function-host.ts';
import { functionSpec } from '../../../../infra/local/lambda/function-spec.ts';
import { failure, resource, resources, success } from './api-parts.ts';

let running: RunningHttpApi | undefined;
let lines: string[] = [];

afterEach(async () => {
  await running?.close(0);
  running = undefined;
  lines = [];
});

async function start(options: Partial<HttpApiOptions> = {}): Promise<void> {
  running = await startHttpApi({
    ...resources(),
    port: 0,
    invoke: async (_name, event) => success(event),
    log: (line) => lines.push(line),
    ...options,
  });
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function call(
  path: string,
  options: ClientRequestArgs = {},
  body?: string | Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: running?.port, path, ...options },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function json(path: string, options: ClientRequestArgs = {}, body?: string | Buffer) {
  const reply = await call(path, options, body);
  return JSON.parse(reply.body.toString('utf8'));
}

describe('startHttpApi() makes the event of payload format 2.0', () => {
  test('with headers, cookies, query and the request’s context', async () => {
    await start();
    const event = await json('/products/caf%C3%A9%2F1?tag=a&tag=b%20c&empty=', {
      headers: [
        'Host',
        'localhost:80',
        'X-Many',
        '1',
        'x-many',
        '2',
        'Cookie',
        'a=1; b=2',
        'User-Agent',
        'probe',
      ],
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'GET /products/{id}',
      rawPath: '/products/café/1',
      rawQueryString: 'tag=a&tag=b%20c&empty=',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({
        host: 'localhost:80',
        'x-many': '1,2',
        'user-agent': 'probe',
      }),
      queryStringParameters: { tag: 'a,b c', empty: '' },
      pathParameters: { id: 'café/1' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api',
        domainName: 'localhost:80',
        domainPrefix: 'localhost',
        http: {
          method: 'GET',
          path: '/products/café/1',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'probe',
        },
        requestId: expect.any(String),
        routeKey: 'GET /products/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  test.each<[string | undefined, boolean]>([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
    ['application/octet-stream', true],
    ['application/x-www-form-urlencoded', true],
    [undefined, true],
  ])('with a body of type %s in base64: %s', async (type, isBase64Encoded) => {
    await start();
    const headers = type === undefined ? {} : { 'content-type': type };
    const event = await json('/orders', { method: 'POST', headers }, 'bødy');
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body, isBase64Encoded ? 'base64' : 'utf8').toString()).toBe('bødy');
    expect(event.routeKey).toBe('$default');
  });
});

describe('startHttpApi() writes the response', () => {
  test('with status, headers, cookies and a binary body', async () => {
    await start({
      invoke: async () =>
        success({
          statusCode: 201,
          headers: { 'Content-Type': 'image/png', 'x-number': 7, 'Content-Length': 99 },
          cookies: ['a=1; Secure', 'b=2'],
          body: 'AP8=',
          isBase64Encoded: true,
        }),
    });
    const reply = await call('/');
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual(Buffer.from([0, 255]));
    expect(reply.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '2',
      'x-number': '7',
      'set-cookie': ['a=1; Secure', 'b=2'],
      'apigw-requestid': expect.any(String),
    });
  });

  test.each([
    [{ some: 'thing' }, '{"some":"thing"}', 'application/json'],
    ['text', 'text', 'application/json'],
    [null, 'null', 'application/json'],
    [{ statusCode: 200, body: 'plain' }, 'plain', 'text/plain;charset=utf-8'],
    [{ statusCode: '200' }, '', 'text/plain;charset=utf-8'],
  ])('of a function that returns %j', async (payload, body, type) => {
    await start({ invoke: async () => success(payload) });
    const reply = await call('/');
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': type } });
    expect(reply.body.toString()).toBe(body);
  });

  test('without a body to HEAD and with 304', async () => {
    await start({ invoke: async () => success({ statusCode: 200, body: 'four' }) });
    const head = await call('/any', { method: 'HEAD' });
    expect(head.headers['content-length']).toBe('4');
    expect(head.body).toHaveLength(0);
    await running?.close(0);
    await start({ invoke: async () => success({ statusCode: 304, body: 'ignored' }) });
    expect(await call('/')).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  });

  test.each([
    ['an error', failure('Error'), 500, 'Internal Server Error'],
    ['too large an event', failure('RequestTooLargeException'), 413, 'Request Entity Too Large'],
    ['a throttled function', failure('TooManyRequestsException', true), 503, 'Service Unavailable'],
    ['no number as status', success({ statusCode: 'ok' }), 500, 'Internal Server Error'],
    ['an object as body', success({ statusCode: 200, body: {} }), 500, 'Internal Server Error'],
  ])('as API Gateway does after %s', async (_name, result, status, message) => {
    await start({ invoke: async () => result });
    const reply = await call('/');
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body.toString())).toEqual({ message });
    expect(lines).toHaveLength(1);
  });

  test('503 when the integration’s time is over', async () => {
    await start({
      ...resources({}, { TimeoutInMillis: 100 }),
      invoke: () => new Promise(() => undefined),
    });
    const reply = await call('/');
    expect(reply.status).toBe(503);
    expect(reply.body.toString()).toBe('{"message":"Service Unavailable"}');
  });

  test('500 when the function host itself fails, which is logged', async () => {
    await start({ invoke: () => Promise.reject(new Error('no such function')) });
    expect((await call('/')).status).toBe(500);
    expect(lines.join()).toContain('no such function');
  });
});

describe('startHttpApi() refuses', () => {
  test('a body above 10 MB, announced or not, and still answers', async () => {
    await start();
    const body = Buffer.alloc(11 * 1024 * 1024);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const reply = await call('/', { method: 'POST', headers }, body);
      expect(reply.status).toBe(413);
      expect(reply.body.toString()).toBe('{"message":"Request Entity Too Large"}');
    }
    const largest = Buffer.alloc(1000);
    expect((await call('/', { method: 'POST' }, largest)).status).toBe(200);
  });

  test('what no route takes', async () => {
    const { routes, ...rest } = resources();
    await start({ ...rest, routes: routes.slice(0, 2) });
    for (const path of ['/products', '/products/1/2', '/files/', '/']) {
      const reply = await call(path);
      expect([path, reply.status, reply.body.toString()]).toEqual([
        path,
        404,
        '{"message":"Not Found"}',
      ]);
    }
    expect((await call('/products/1', { method: 'POST' })).status).toBe(404);
  });

  test('requests beyond the stage’s throttle, by route', async () => {
    await start(
      resources({
        DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 },
        RouteSettings: { 'ANY /any': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 } },
      }),
    );
    const statuses: number[] = [];
    for (const _ of [1, 2, 3]) statuses.push((await call('/any')).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await call('/other')).status).toBe(200);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80'])(
    'the host %s, which is not this machine’s',
    async (host) => {
      await start();
      const reply = await call('/', { headers: { host } });
      expect(reply.status).toBe(403);
    },
  );

  test('a port that is taken', async () => {
    await start();
    const port = running?.port ?? 0;
    const second = startHttpApi({
      ...resources(),
      port,
      invoke: async () => success(null),
      log: () => undefined,
    });
    await expect(second).rejects.toThrow(
      `Cannot listen on 127.0.0.1: the port is taken: received port ${port}`,
    );
  });

  test.each([
    [{ stages: [] }, 'it needs one stage named $default: received none'],
    [{ integrations: [] }, 'Cannot play route GET /products/{id}: it has no integration'],
    [
      { api: resource('AWS::ApiGatewayV2::Api', 'api', { ProtocolType: 'WEBSOCKET' }) },
      'Cannot play AWS::ApiGatewayV2::Api: its properties are wrong: received api',
    ],
    [
      {
        api: resource('AWS::ApiGatewayV2::Api', 'api', {
          ProtocolType: 'HTTP',
          CorsConfiguration: { AllowOrigins: '*' },
        }),
      },
      'CorsConfiguration.AllowOrigins',
    ],
  ])('an API it cannot play: %#', async (changes, message) => {
    await expect(start({ ...resources(), ...changes })).rejects.toThrow(message);
  });
});

test('startHttpApi() answers paths of this machine before the routes', async () => {
  await start({
    local: new Map<string, LocalHandler>([
      ['/local/echo', async (request) => ({ status: 200, headers: {}, body: request.body })],
      ['/local/reset', async () => 'reset' as const],
    ]),
  });
  const reply = await call('/local/echo?x=1', { method: 'POST' }, 'hello');
  expect(reply.body.toString()).toBe('hello');
  await expect(call('/local/reset')).rejects.toThrow(/ECONNRESET|hang up/);
});

test('close() lets a running request finish, and cuts what hangs', async () => {
  await start({
    invoke: async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return success('late');
    },
    local: new Map([['/local/hang', async () => 'hang' as const]]),
  });
  const hanging = expect(call('/local/hang')).rejects.toThrow();
  const slow = call('/');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await running?.close(400);
  expect((await slow).status).toBe(200);
  await hanging;
});

test('startHttpApi() serves a deployed bundle in its worker', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'http-api-'));
  const contents = `export async function handler(event) {
    return { statusCode: 200, body: process.env.AWS_LAMBDA_FUNCTION_NAME + ' ' + event.pathParameters.proxy };
  }`;
  await build({
    stdin: { contents, loader: 'js', resolveDir: folder },
    bundle: true,
    format: 'esm',
    outfile: join(folder, 'index.mjs'),
  });
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:dev-probe';
  const properties = { Handler: 'index.handler', Runtime: 'nodejs24.x' };
  const host = createFunctionHost({
    functions: [
      functionSpec(
        { ...resource('AWS::Lambda::Function', 'dev-probe', properties), attributes: { Arn: arn } },
        { bundleFolder: folder, endpointUrl: '', accessKeyId: 'key', secretAccessKey: 'secret' },
      ),
    ],
    log: () => undefined,
  });
  try {
    await start({ invoke: host.invoke });
    const reply = await call('/files/css/page.css');
    expect(reply.body.toString()).toBe('dev-probe css/page.css');
  } finally {
    await host.close();
    await rm(folder, { recursive: true });
  }
});
