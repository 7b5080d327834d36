import { z } from 'zod';
import { rolesOf } from '../auth/caller.ts';
import type { AnswerDescription, EndpointDescription } from './endpoint.ts';

const problemDocument = z
  .object({
    status: z.int(),
    title: z.string(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z
      .array(z.object({ field: z.string(), reason: z.string() }))
      .optional()
      .meta({ description: 'Every wrong field, by name or dotted path.' }),
  })
  .meta({ description: 'RFC 9457' });

const ofRoles = {
  401: 'There is no token, or one that is not accepted.',
  403: 'The role of the token, or the customer it is for, gives no right to this.',
};

const ofBody = {
  413: 'The body is too large.',
  415: 'The body is not said to be JSON.',
  422: 'Fields of the body are wrong; all of them are listed.',
};

const etag = {
  description:
    'ETag of the body, for If-None-Match and If-Match; a weak one where the body is compressed.',
  schema: { type: 'string' },
};
const ifNoneMatch = {
  name: 'if-none-match',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: 'ETag of the answer before: 304 when it would be the same.',
};

/** What a document says of the API as a whole. */
export interface About {
  readonly title: string;
  readonly description: string;
  /** Schemas that are told once, by name, and referred to. */
  readonly named: Readonly<Record<string, z.ZodType>>;
}

/** The OpenAPI 3.1 document of the endpoints, from the very schemas that validate. */
export function openApi(
  endpoints: readonly EndpointDescription[],
  { title, description, named }: About,
): Record<string, unknown> {
  const components = { ...named, Problem: problemDocument };
  const names = new Map(Object.entries(components).map(([name, schema]) => [schema, name]));
  const paths: Record<string, Record<string, unknown>> = {};
  for (const described of endpoints) {
    const method = described.method.toLowerCase();
    paths[described.path] = { ...paths[described.path], [method]: operation(described, names) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title,
      version: '1',
      description: `${description} What is wrong is told in problem documents (RFC 9457).`,
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: componentSchemas(components),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Of POST /customers, of POST /sessions, or of `npm run -s token`.',
        },
      },
    },
  };
}

function operation(described: EndpointDescription, names: ReadonlyMap<z.ZodType, string>) {
  const { request, tag, summary, answers, access, method, conditional = false } = described;
  const isRepeatable = conditional && method === 'GET';
  const { params, query, headers, body } = request.shape;
  const parts = Object.entries({ path: params, query, header: headers });
  const problems: Record<number, string> = {
    ...(parts.some(([, part]) => part) || body ? { 400: 'The request cannot be read.' } : {}),
    ...(body ? ofBody : {}),
    ...(access === 'anyone' ? { 401: 'A token is sent that is not accepted.' } : ofRoles),
    ...described.problems,
  };
  // Anyone may come without a token, and with one where it gives a right to more.
  const byToken = access !== 'anyone' || 403 in problems ? [{ token: [] }] : [];
  const security = access === 'anyone' ? [{}, ...byToken] : byToken;
  return {
    tags: [tag],
    summary,
    ...(access === 'anyone' ? {} : { description: `Takes a token of role ${rolesOf(access)}.` }),
    security,
    parameters: [
      ...parts.flatMap(([place, part]) => (part ? parameters(place, part) : [])),
      ...(isRepeatable ? [ifNoneMatch] : []),
    ],
    ...(body ? { requestBody: { required: true, content: json(inputSchema(body)) } } : {}),
    responses: {
      ...mapValues(answers, (answer) => ({
        ...response(answer, names),
        ...(conditional ? { headers: { etag } } : {}),
      })),
      ...(isRepeatable ? { 304: { description: 'As it was.', headers: { etag } } } : {}),
      ...mapValues(problems, (description) => ({
        description,
        content: { 'application/problem+json': { schema: reference('Problem') } },
      })),
    },
  };
}

function parameters(place: string, part: z.ZodObject) {
  const required = new Set(z.array(z.string()).parse(inputSchema(part)['required'] ?? []));
  return Object.entries(part.shape).map(([name, schema]) => {
    const { description, ...rest } = inputSchema(schema);
    return { name, in: place, required: required.has(name), schema: rest, description };
  });
}

function response(
  { description, schema }: AnswerDescription,
  names: ReadonlyMap<z.ZodType, string>,
) {
  if (schema === undefined) return { description };
  const name = names.get(schema);
  return {
    description,
    content: json(name === undefined ? inline(schema, names) : reference(name)),
  };
}

/** The schema itself; those within that have a name are referred to. */
function inline(schema: z.ZodType, names: ReadonlyMap<z.core.$ZodType, string>) {
  const { $schema, ...told } = z.toJSONSchema(schema, {
    // What a reader of stored data turns into something else is told as anything.
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const name = names.get(zodSchema);
      if (name === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.$ref = reference(name).$ref;
    },
  });
  return told;
}

function inputSchema(schema: z.core.$ZodType): Record<string, unknown> {
  const { $schema, ...told } = z.toJSONSchema(schema, { io: 'input' });
  return told;
}

function componentSchemas(components: Readonly<Record<string, z.ZodType>>) {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => reference(id).$ref });
  return mapValues(schemas, ({ $schema, $id, ...told }) => told);
}

function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: unknown) {
  return { 'application/json': { schema } };
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
