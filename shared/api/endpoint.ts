import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';
import { type Access, admit } from '../auth/caller.ts';
import type { Caller } from '../auth/token.ts';
import { problemFields } from '../http/problem-fields.ts';
import { readBody } from '../http/read-body.ts';
import { Refusal, refusalResponse } from '../http/refusal.ts';
import { conditional } from './etag.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** Largest body that is read; what a shop is told fits into a fraction of it. */
const bodyBytesMax = 256 * 1024;

/** The parts of a request an endpoint reads; each part is an object schema, the body any schema. */
interface RequestShape {
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** Names in lower case. */
  headers?: z.ZodObject;
  body?: z.ZodType;
}

export interface AnswerDescription {
  readonly description: string;
  readonly schema?: z.ZodType;
}

/** What the documentation tells of an endpoint, from the schemas that also validate. */
export interface EndpointDescription {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  /** Whether the answer has an ETag, and a GET may be answered with 304. @default false */
  readonly conditional?: boolean;
  readonly request: z.ZodObject<RequestShape & Record<string, z.ZodType>>;
  /** Answers by status. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Problem documents by status, beside those every endpoint may give. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** What a handler may ask of a request beside its parts. */
export interface Context {
  readonly event: Event;
  readonly caller: Caller;
}

/** Who sends a request; refuses a token that is not valid. */
export type ReadCaller = (event: Event) => Promise<Caller>;

export interface Endpoint extends EndpointDescription {
  respond(event: Event, readCaller: ReadCaller): Promise<Result>;
}

/** A JSON answer, unless `headers` name another content type and the body is text. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Shape = RequestShape & Record<string, z.ZodType>;

/**
 * One method of one path: the caller is let in, the request is parsed, the handler decides, its
 * answer is written. A request that does not fit the schema is answered with every field that is
 * wrong.
 */
export function endpoint<RequestParts extends Shape>(
  spec: Omit<EndpointDescription, 'request'> & {
    readonly request: z.ZodObject<RequestParts>;
    handle(
      request: z.output<z.ZodObject<RequestParts>>,
      context: Context,
    ): Promise<Answer> | Answer;
  },
): Endpoint {
  async function respond(event: Event, readCaller: ReadCaller): Promise<Result> {
    try {
      const caller = await readCaller(event);
      admit(spec.access, caller);
      const answer = await spec.handle(parse(spec.request, event), { event, caller });
      return spec.conditional ? conditional(write(answer), event) : write(answer);
    } catch (error) {
      if (error instanceof Refusal) return refusalResponse(error, event);
      throw error;
    }
  }
  return { ...spec, respond };
}

function parse<Schema extends z.ZodObject>(schema: Schema, event: Event): z.output<Schema> {
  const parsed = schema.safeParse({
    params: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    body: 'body' in schema.shape ? readBody(event, bodyBytesMax) : undefined,
  });
  if (parsed.success) return parsed.data;
  const inBody = parsed.error.issues.every(({ path }) => path[0] === 'body');
  const title = inBody ? 'The body has wrong fields' : 'The request has wrong parameters';
  throw new Refusal(inBody ? 422 : 400, title, { errors: problemFields(parsed.error, 1) });
}

function write({ status, body, headers }: Answer): Result {
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
