import pg from 'pg';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../shared/api/endpoint.ts';
import { ifMatch, refuseChanged } from '../../shared/api/etag.ts';
import type { Caller } from '../../shared/auth/token.ts';
import type { ProblemField } from '../../shared/http/problem.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { Database } from '../../shared/sql/database.ts';
import type { Queries } from '../../shared/sql/query.ts';
import { onlyCustomer } from './access.ts';
import type { ListDescription } from './list-endpoints.ts';
import { type Columns, insertRow, lockRow, updateRow } from './queries/write-row.ts';
import { idText } from './schemas/common.ts';

/** Which row changes, and who changes it. */
export interface Change {
  readonly id: number;
  readonly caller: Caller;
}

/** How the rows of a list are written. */
export interface Writing<Row, Body extends object> {
  readonly description: ListDescription<Row>;
  readonly access: ListDescription<Row>['access'];
  readonly columns: Columns;
  readonly body: z.ZodType<Body>;
  /** Columns whose value one row has alone: the field, by the name of the constraint. */
  readonly unique: Readonly<Record<string, string>>;
  /**
   * What in the body does not agree with other rows.
   *
   * @param change of a row that is there; none for a new one.
   */
  check?(queries: Queries, body: Body, change?: Change): Promise<readonly ProblemField[]>;
}

/** POST of a new row. */
export function createEndpoint<Row extends { id: number }, Body extends object>(
  database: Database,
  writing: Writing<Row, Body>,
): Endpoint {
  const { list, path, tag, one, item } = writing.description;
  return endpoint({
    method: 'POST',
    path,
    tag,
    summary: `Add a ${one}`,
    access: writing.access,
    conditional: true,
    request: z.object({ body: writing.body }),
    answers: { 201: { description: `The new ${one}.`, schema: item } },
    problems: { 409: taken(one, writing.unique) },
    async handle({ body }) {
      const made = await written(database, writing, async (queries) => {
        await refuseMisfit(queries, writing, body);
        const { query, params } = insertRow(list, writing.columns, body);
        return queries.row(query, params);
      });
      if (made === undefined) throw new Error(`Cannot add ${one}: no row`);
      return { status: 201, headers: { location: `${path}/${made.id}` }, body: made };
    },
  });
}

/** PATCH of some fields of a row. */
export function changeEndpoint<Row, Body extends object>(
  database: Database,
  writing: Writing<Row, Body>,
): Endpoint {
  const { list, path, tag, one, item } = writing.description;
  return endpoint({
    method: 'PATCH',
    path: `${path}/{id}`,
    tag,
    summary: `Change a ${one}`,
    access: writing.access,
    conditional: true,
    request: z.object({
      params: z.object({ id: idText }),
      headers: ifMatch,
      body: writing.body
        .refine(
          (body) => Object.keys(body).some((field) => field in writing.columns),
          'Must change something',
        )
        .meta({ ...writing.body.meta(), minProperties: 1 }),
    }),
    answers: { 200: { description: `The ${one} as it is now.`, schema: item } },
    problems: {
      404: `No such ${one}.`,
      ...(Object.keys(writing.unique).length > 0 && { 409: taken(one, writing.unique) }),
      412: 'It has changed since the ETag of If-Match.',
    },
    async handle({ params: { id }, headers, body }, { caller }) {
      const changed = await written(database, writing, async (queries) => {
        const lock = lockRow(list, id, onlyCustomer(caller));
        const current = await queries.row(lock.query, lock.params);
        if (current === undefined) throw new Refusal(404, `No such ${one}`);
        refuseChanged(headers['if-match'], current);
        await refuseMisfit(queries, writing, body, { id, caller });
        const { query, params } = updateRow(list, writing.columns, id, body);
        return queries.row(query, params);
      });
      return { status: 200, body: changed };
    },
  });
}

async function refuseMisfit<Row, Body extends object>(
  queries: Queries,
  { check }: Writing<Row, Body>,
  body: Body,
  change?: Change,
): Promise<void> {
  const errors = (await check?.(queries, body, change)) ?? [];
  if (errors.length === 0) return;
  throw new Refusal(422, 'The request names something that does not fit', { errors });
}

async function written<Result>(
  database: Database,
  { unique }: { readonly unique: Readonly<Record<string, string>> },
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  try {
    return await database.transaction(work);
  } catch (error) {
    const field = error instanceof pg.DatabaseError && unique[error.constraint ?? ''];
    if (!field) throw error;
    throw new Refusal(409, 'The value belongs to another row', {
      errors: [{ field, reason: 'Is taken already' }],
    });
  }
}

function taken(one: string, unique: Readonly<Record<string, string>>): string {
  return `Another ${one} has this ${Object.values(unique).join(' or ')}.`;
}
