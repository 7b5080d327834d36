import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queries } from '../../shared/sql/query.ts';
import { type CursorValue, cursorValues, decodeCursor, encodeCursor } from './cursor.ts';
import type { ListFilter } from './list-filters.ts';
import { rowId } from './schemas/common.ts';

/** What a list can be sorted by: an expression that is never null, and an index that has it. */
export interface ListSort {
  readonly by: string;
  readonly type: CursorValue;
}

/** A list of the API, from which its parameters, statements and pages are made. */
export interface List<Row> {
  /** Begins the names of its plans; a cursor belongs to the list of this name. */
  readonly name: string;
  /** One table; its key is `id`. */
  readonly from: string;
  /** What is selected, named as in the answer. */
  readonly columns: string;
  readonly row: z.ZodType<Row>;
  /** Beside `id`, which every list has. */
  readonly sorts: Readonly<Record<string, ListSort>>;
  readonly filters: Readonly<Record<string, ListFilter>>;
  /** Column of the customer whose rows these are. */
  readonly owner?: string;
}

/** What a caller asks of a list, parsed by `listParameters`. */
export interface ListRequest extends Readonly<Record<string, unknown>> {
  readonly sort: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<Row> {
  readonly items: readonly Row[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** A server keeps a plan by its name for as long as the connection lives; rare ones have none. */
const KEPT_FILTERS_MAX = 2;
const limitText = z
  .string()
  .regex(/^(?:[1-9]\d?|100)$/, 'Must be a whole number from 1 to 100')
  .transform(Number)
  .default(20);

/** The query parameters of a list: its filters, `sort`, `limit` and `cursor`. */
export function listParameters({ sorts, filters }: List<unknown>) {
  const names = ['id', ...Object.keys(sorts)];
  const orders = names.flatMap((name) => [name, `-${name}`]);
  return z.strictObject({
    ...Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema])),
    sort: z
      .enum(orders, `Must be one of ${names.join(', ')}, with a minus for the other way round`)
      .default('id')
      .meta({ description: 'With a minus in falling order. Equal rows follow by their ids.' }),
    limit: limitText.meta({ description: 'Most items on a page.', default: '20' }),
    cursor: z
      .string()
      .max(2_000, 'Must be the nextCursor of a page before')
      .optional()
      .meta({ description: '`nextCursor` of the page before; sort and filters stay the same.' }),
  });
}

/** The schema of a list's page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .optional()
      .meta({ description: 'Give it as `cursor` for the next page; absent on the last one.' }),
  });
}

/**
 * One page, read by the key of the row before (never by an offset): as fast at the end of a list as
 * at its beginning, and rows that come in between move no other.
 *
 * @param request what the list's `listParameters` made of the query.
 * @param ownerId only this customer's rows; null: everyone's.
 * @throws Refusal 400 for a cursor that is not of this list, sort and filters.
 */
export async function readPage<Row>(
  queries: Queries,
  list: List<Row>,
  request: ListRequest,
  ownerId: number | null = null,
): Promise<Page<Row>> {
  const { statement, params, fingerprint } = statementOf(list, request, ownerId);
  const positioned = z
    .object({ id: rowId, sortValue: z.string() })
    .loose()
    .transform((found) => ({
      id: found.id,
      sortValue: found.sortValue,
      item: list.row.parse(found),
    }));
  const found = await queries.rows({ ...statement, row: positioned }, params);
  const page = found.slice(0, request.limit);
  const items = page.map(({ item }) => item);
  const last = page.at(-1);
  if (found.length === page.length || last === undefined) return { items };
  return { items, nextCursor: encodeCursor({ fingerprint, ...last }) };
}

/** One row by its id, if there is one and it is the owner's. */
export async function readItem<Row>(
  queries: Queries,
  list: List<Row>,
  id: number,
  ownerId: number | null = null,
): Promise<Row | undefined> {
  const owned = ownerId === null ? '' : ` and ${ownerOf(list)} = $2`;
  const statement = {
    name: `${list.name}-item${owned && '-of-owner'}`,
    sql: `select ${list.columns} from ${list.from} where id = $1${owned}`,
    row: list.row,
  };
  return queries.row(statement, ownerId === null ? [id] : [id, ownerId]);
}

function statementOf(list: List<unknown>, request: ListRequest, ownerId: number | null) {
  const { sort, limit, cursor } = request;
  const isFalling = sort.startsWith('-');
  const sortName = isFalling ? sort.slice(1) : sort;
  const key = list.sorts[sortName];
  const given = Object.entries(list.filters).filter(([name]) => request[name] !== undefined);
  const fingerprint = shortHash(
    JSON.stringify([list.name, sort, given.map(([name]) => [name, request[name]])]),
  );
  const params: unknown[] = [];
  const param = (value: unknown): string => `$${params.push(value)}`;
  const conditions = given.map(([name, filter]) => filter.condition(request[name], param));
  if (ownerId !== null) conditions.push(`${ownerOf(list)} = ${param(ownerId)}`);
  if (cursor !== undefined) {
    const after = decodeCursor(cursor, fingerprint, key?.type);
    const than = isFalling ? '<' : '>';
    const value = key && `${param(after.sortValue)}::${cursorValues[key.type].cast}`;
    const id = `${param(after.id)}::bigint`;
    conditions.push(key ? `(${key.by}, id) ${than} (${value}, ${id})` : `id ${than} ${id}`);
  }
  const direction = isFalling ? 'desc' : 'asc';
  const order = [...(key ? [key.by] : []), 'id'].map((each) => `${each} ${direction}`);
  const sortValue = key ? cursorValues[key.type].text(key.by) : `''`;
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  // One row more than the page has tells whether another follows.
  const sql = `select ${list.columns}, ${sortValue} as "sortValue" from ${list.from}${where}
    order by ${order.join(', ')} limit ${param(limit + 1)}`;
  const name = given.length > KEPT_FILTERS_MAX ? '' : `${list.name}-${shortHash(sql)}`;
  return { statement: { name, sql }, params, fingerprint };
}

function ownerOf({ name, owner }: List<unknown>): string {
  if (owner === undefined) throw new Error(`Cannot read ${name}: its rows belong to nobody`);
  return owner;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
