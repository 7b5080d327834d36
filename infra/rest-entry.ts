import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { httpEvent } from '../shared/http/rest-event.ts';
import { restResponse } from '../shared/http/rest-response.ts';

type HttpHandler = (event: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

// The bundle beside this one, which exists only once it is built.
const bundle: { handler: HttpHandler } = await import(new URL('./index.mjs', import.meta.url).href);

/** Entry of a function behind a REST API: the same handler, its event and answer translated. */
export async function handler(event: unknown, context: Context): Promise<APIGatewayProxyResult> {
  return restResponse(await bundle.handler(httpEvent(event), context));
}
