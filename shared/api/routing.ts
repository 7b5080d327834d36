import httpRouter, { type Method } from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { problem } from '../http/problem.ts';
import type { Endpoint, ReadCaller } from './endpoint.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** Finds the endpoint of a request; 404 where nothing stands, 405 where another method would do. */
export function routing(endpoints: readonly Endpoint[], readCaller: ReadCaller) {
  return httpRouter<Event, Result>({
    routes: endpoints.map(({ method, path, respond }) => ({
      method,
      path,
      handler: async (event: Event) =>
        isBeside(event) ? nothing(event.rawPath) : respond(event, readCaller),
    })),
    // A browser's question whether a page may send a request; the front adds who may.
    notFoundResponse: ({ method, path }) =>
      method === 'OPTIONS' ? { statusCode: 204 } : notFound(endpoints, method, path),
  });
}

function notFound(endpoints: readonly Endpoint[], method: string, path: string): Result {
  const allowed = endpoints
    .filter((known) => matches(known.path, path))
    .map((known) => known.method);
  if (allowed.length === 0) return nothing(path);
  const allow = [...new Set<Method>(allowed)].sort().join(', ');
  const document = problem({
    status: 405,
    title: 'This address does not take this method',
    detail: `It takes ${allow}; received ${method}.`,
    instance: path,
  });
  return { ...document, headers: { ...document.headers, allow } };
}

/** The front bounds some writes by their path; with a slash behind it they would pass by the bound. */
function isBeside({ rawPath, requestContext }: Event): boolean {
  return requestContext.http.method !== 'GET' && rawPath.endsWith('/');
}

function nothing(path: string): Result {
  const detail = 'What can be asked for is listed at /docs.';
  return problem({ status: 404, title: 'Nothing stands at this address', detail, instance: path });
}

function matches(pattern: string, path: string): boolean {
  const asked = path.replace(/(?<=.)\/$/, '').split('/');
  const known = pattern.split('/');
  return (
    known.length === asked.length &&
    known.every((part, index) => part.startsWith('{') || part === asked[index])
  );
}
