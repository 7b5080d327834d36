import { z } from 'zod';
import { type Endpoint, type EndpointDescription, endpoint } from './endpoint.ts';
import { type About, openApi } from './openapi.ts';

/** GET of the OpenAPI document of endpoints, made when it is first asked for. */
export function openApiEndpoint(
  path: `/${string}`,
  endpoints: readonly EndpointDescription[],
  about: About,
): Endpoint {
  let document: Record<string, unknown> | undefined;
  return endpoint({
    method: 'GET',
    path,
    tag: 'service',
    summary: 'This document',
    access: 'anyone',
    request: z.object({}),
    answers: { 200: { description: 'OpenAPI 3.1.' } },
    handle() {
      document ??= openApi(endpoints, about);
      return { status: 200, body: document };
    },
  });
}
