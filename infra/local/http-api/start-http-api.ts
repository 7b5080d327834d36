import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Invoke, requestTooLarge } from '../lambda/invocation-result.ts';
import {
  type ApiDefinition,
  type ApiResources,
  apiDefinition,
  type RouteDefinition,
} from './api-definition.ts';
import { crossed, isPreflight } from './cross-origin.ts';
import { type HttpRequest, httpEvent, splitTarget } from './http-event.ts';
import { listenLocally } from './listen-locally.ts';
import { type HttpReply, messageReply, proxyResponse } from './proxy-response.ts';
import { readBody } from './read-body.ts';
import { routeTable } from './route-table.ts';
import { type TakeToken, tokenBucket } from './throttle.ts';

/** Answers a path that exists on this machine only; `hang` and `reset` are for rehearsals. */
export type LocalHandler = (request: HttpRequest) => Promise<HttpReply | 'hang' | 'reset'>;

export interface HttpApiOptions extends ApiResources {
  /** Zero lets the system choose. */
  readonly port: number;
  readonly invoke: Invoke;
  /** Paths of this machine only, looked up before the routes. */
  readonly local?: ReadonlyMap<string, LocalHandler>;
  readonly log: (line: string) => void;
}

export interface RunningHttpApi {
  readonly port: number;
  readonly url: string;
  /** Lets running requests finish for so long, then cuts them. */
  close(patienceMs?: number): Promise<void>;
}

/** The quota of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const bodyBytesMax = 10 * 1024 * 1024;

/** Names this machine calls itself; any other Host comes from a page that rebinds its DNS name. */
const ownHosts = /^(localhost|127\.0\.0\.1)(:\d+)?$/i;

/** Plays an HTTP API of the template on 127.0.0.1. */
export async function startHttpApi(options: HttpApiOptions): Promise<RunningHttpApi> {
  const definition = apiDefinition(options);
  const findRoute = routeTable(definition.routes);
  const buckets = new Map<RouteDefinition, TakeToken>();
  for (const route of definition.routes) {
    if (route.throttle !== undefined) buckets.set(route, tokenBucket(route.throttle));
  }

  async function answer(message: IncomingMessage): Promise<HttpReply | 'hang' | 'reset'> {
    const target = message.url ?? '/';
    const { path } = splitTarget(target);
    if (!ownHosts.test(message.headers.host ?? '')) return messageReply(403, 'Forbidden');
    const local = options.local?.get(path);
    const method = message.method ?? 'GET';
    const match = findRoute(method, path);
    if (local === undefined && match === undefined) {
      const isAnswered = definition.crossOrigin !== undefined && isPreflight(crossingOf(message));
      return isAnswered ? { status: 204, headers: {}, body: '' } : messageReply(404, 'Not Found');
    }
    const takeToken = match && local === undefined ? buckets.get(match.route) : undefined;
    if (takeToken?.(Date.now()) === false) return messageReply(429, 'Too Many Requests');
    const body = await readBody(message, bodyBytesMax);
    if (body === undefined) return messageReply(413, 'Request Entity Too Large');
    const request: HttpRequest = {
      method,
      target,
      rawHeaders: message.rawHeaders,
      body,
      sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
    };
    if (local !== undefined) return await local(request);
    if (match === undefined) return messageReply(404, 'Not Found');
    return await integrate(options, definition, match, request);
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answered = await answer(message);
      const { crossOrigin } = definition;
      const reply =
        typeof answered === 'string' || crossOrigin === undefined
          ? answered
          : crossed(answered, crossOrigin, crossingOf(message));
      if (reply === 'reset') message.socket.resetAndDestroy();
      else if (reply !== 'hang') write(reply, message, response);
    } catch (error) {
      // A caller who left in the middle of a request needs no answer.
      if (message.destroyed && !message.complete) return;
      options.log(`${message.method} ${message.url} failed: ${String(error)}`);
      write(messageReply(500, 'Internal Server Error'), message, response);
    }
  }

  const server = createServer((message, response) => void serve(message, response));
  return await listenLocally(server, options.port);
}

async function integrate(
  options: HttpApiOptions,
  definition: ApiDefinition,
  match: {
    readonly route: RouteDefinition;
    readonly pathParameters: Readonly<Record<string, string>>;
  },
  request: HttpRequest,
): Promise<HttpReply> {
  const { route, pathParameters } = match;
  const requestId = randomUUID();
  const event = httpEvent(request, {
    apiId: definition.apiId,
    stageName: definition.stageName,
    stageVariables: definition.stageVariables,
    routeKey: route.routeKey,
    pathParameters,
    requestId,
    nowMs: Date.now(),
  });
  const timeout = Promise.withResolvers<'timeout'>();
  const timer = setTimeout(() => timeout.resolve('timeout'), route.timeoutMs);
  const running = options.invoke(route.functionName, event);
  const result = await Promise.race([running, timeout.promise]).finally(() => clearTimeout(timer));
  if (result === 'timeout') return messageReply(503, 'Service Unavailable');
  if (!result.ok) {
    options.log(
      `${route.routeKey}: ${route.functionName} failed: ${result.errorType}: ${result.errorMessage}`,
    );
    if (result.throttled) return messageReply(503, 'Service Unavailable');
    if (result.errorType === requestTooLarge) return messageReply(413, 'Request Entity Too Large');
    return messageReply(500, 'Internal Server Error');
  }
  const reply = proxyResponse(result.payload);
  if (reply === undefined) {
    options.log(`${route.routeKey}: ${route.functionName} returned something that is no response`);
    return messageReply(500, 'Internal Server Error');
  }
  return { ...reply, headers: { ...reply.headers, 'apigw-requestid': requestId } };
}

function crossingOf({ method = 'GET', headers }: IncomingMessage) {
  const { origin, 'access-control-request-method': wanted } = headers;
  return { method, origin, wanted };
}

function write(reply: HttpReply, message: IncomingMessage, response: ServerResponse): void {
  const { status } = reply;
  const isBodiless = status === 204 || status === 304 || status < 200;
  if (isBodiless) {
    response.writeHead(status, reply.headers).end();
    return;
  }
  const headers = { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) };
  response.writeHead(status, headers).end(message.method === 'HEAD' ? undefined : reply.body);
}
