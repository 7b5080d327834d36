import { z } from 'zod';
import { type Endpoint, endpoint } from '../../shared/api/endpoint.ts';
import type { Access } from '../../shared/auth/caller.ts';
import type { Caller } from '../../shared/auth/token.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { Database } from '../../shared/sql/database.ts';
import { onlyCustomer } from './access.ts';
import { type List, listParameters, pageOf, readItem, readPage } from './list.ts';
import { idText } from './schemas/common.ts';

/** What the documentation tells of a list, and who sees how much of it. */
export interface ListDescription<Row> {
  readonly list: List<Row>;
  readonly path: `/${string}`;
  readonly tag: string;
  /** What it lists, as a sentence begins. */
  readonly many: string;
  /** One of them, as in “No such …”. */
  readonly one: string;
  /** Schema of one, as it is answered. */
  readonly item: z.ZodType;
  readonly access: Access;
  /** What of a row this caller may see. @default all of it */
  view?(row: Row, caller: Caller): unknown;
}

/** GET of a list, page by page. */
export function listEndpoint<Row>(
  database: Database,
  { list, path, tag, many, item, access, view = (row) => row }: ListDescription<Row>,
): Endpoint {
  return endpoint({
    method: 'GET',
    path,
    tag,
    summary: `${many}, page by page`,
    access,
    conditional: true,
    request: z.object({ query: listParameters(list) }),
    answers: { 200: { description: 'A page.', schema: pageOf(item) } },
    async handle({ query }, { caller }) {
      const page = await readPage(database, list, query, ownerOf(list, caller));
      return { status: 200, body: { ...page, items: page.items.map((row) => view(row, caller)) } };
    },
  });
}

/** GET of one of a list's rows. */
export function itemEndpoint<Row>(
  database: Database,
  { list, path, tag, one, item, access, view = (row) => row }: ListDescription<Row>,
): Endpoint {
  return endpoint({
    method: 'GET',
    path: `${path}/{id}`,
    tag,
    summary: `One ${one}`,
    access,
    conditional: true,
    request: z.object({ params: z.object({ id: idText }) }),
    answers: { 200: { description: `The ${one}.`, schema: item } },
    problems: { 404: `No such ${one}.` },
    async handle({ params }, { caller }) {
      const row = await readItem(database, list, params.id, ownerOf(list, caller));
      if (row === undefined) throw new Refusal(404, `No such ${one}`);
      return { status: 200, body: view(row, caller) };
    },
  });
}

/** The customer whose rows alone the caller sees. */
function ownerOf({ owner }: List<unknown>, caller: Caller): number | null {
  return owner === undefined ? null : onlyCustomer(caller);
}
