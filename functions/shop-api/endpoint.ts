import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';
import { type ProblemField, problem } from '../../shared/http/problem.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** The parts of a request an endpoint reads; each part is an object schema, the body any schema. */
export interface RequestShape {
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
  readonly request: z.ZodObject<RequestShape & Record<string, z.ZodType>>;
  /** Answers by status. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Problem documents by status, beside those every endpoint may give. */
  readonly problems?: Readonly<Record<number, string>>;
}

export interface Endpoint extends EndpointDescription {
  respond(event: Event): Promise<Result>;
}

/** A JSON answer, unless `headers` name another content type and the body is text. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Shape = RequestShape & Record<string, z.ZodType>;

/**
 * One method of one path: the request is parsed, the handler decides, its answer is written. A
 * request that does not fit the schema is answered with every field that is wrong.
 */
export function endpoint<RequestParts extends Shape>(
  spec: Omit<EndpointDescription, 'request'> & {
    readonly request: z.ZodObject<RequestParts>;
    handle(request: z.output<z.ZodObject<RequestParts>>, event: Event): Promise<Answer> | Answer;
  },
): Endpoint {
  async function respond(event: Event): Promise<Result> {
    try {
      return write(await spec.handle(parse(spec.request, event), event));
    } catch (error) {
      if (error instanceof Refusal) return refuse(error, event);
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
    body: 'body' in schema.shape ? readBody(event) : undefined,
  });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const inBody = issues.every(({ path }) => path[0] === 'body');
  const title = inBody ? 'The body has wrong fields' : 'The request has wrong parameters';
  throw new Refusal(inBody ? 422 : 400, title, { errors: issues.flatMap(fields) });
}

function fields(issue: z.core.$ZodIssue): ProblemField[] {
  const path = issue.path.slice(1);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), reason: 'Is not known' }));
  }
  return [{ field: path.join('.'), reason: issue.message }];
}

function write({ status, body, headers }: Answer): Result {
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function refuse({ status, message, details }: Refusal, event: Event): Result {
  const { headers, ...rest } = details;
  const document = problem({ status, title: message, ...rest, instance: event.rawPath });
  return { ...document, headers: { ...document.headers, ...headers } };
}
