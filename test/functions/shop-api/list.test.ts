import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type List,
  listParameters,
  type Page,
  readItem,
  readPage,
} from '../../../functions/shop-api/list.ts';
import {
  choice,
  idFilter,
  moneyAtLeast,
  moneyAtMost,
  span,
  textFilter,
  within,
  wordFilter,
} from '../../../functions/shop-api/list-filters.ts';
import { connectDatabase, type Database } from '../../../shared/sql/database.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { appSecret } from '../../fixtures/shop.ts';

interface Thing {
  readonly id: number;
  readonly name: string;
}

const things: List<Thing> = {
  name: 'list-things',
  from: 'things',
  columns: 'id, name',
  row: z.object({ id: z.coerce.number().int(), name: z.string() }),
  sorts: {
    name: { by: 'name', type: 'text' },
    price: { by: 'price', type: 'number' },
    rating: { by: 'coalesce(rating, -1)', type: 'number' },
    madeAt: { by: 'made_at', type: 'instant' },
    soldAt: { by: `coalesce(sold_at, timestamptz '0001-01-01 00:00:00+00')`, type: 'instant' },
  },
  filters: {
    kind: idFilter('kind_id', 'a kind'),
    colour: wordFilter('colour', ['red', 'blue']),
    called: textFilter('name', 'The whole name.'),
    priceMin: moneyAtLeast('price'),
    priceMax: moneyAtMost('price'),
    rated: choice(
      { true: 'rating is not null', false: 'rating is null' },
      { description: 'Whether it was rated.' },
    ),
    q: within(['name', 'colour'], 'Text within name or colour.'),
    ...span('made_at', 'Made'),
  },
  owner: 'owner_id',
};
/** The same conditions, written once more and plainly. */
const conditions = {
  kind: (value: string) => `kind_id = ${value}`,
  colour: (value: string) => `colour = '${value}'`,
  called: (value: string) => `name = '${value}'`,
  priceMin: (value: string) => `price >= ${value}`,
  priceMax: (value: string) => `price <= ${value}`,
  rated: (value: string) => `(rating is not null) = ${value}`,
  q: (value: string) => `(strpos(lower(name), '${value}') > 0 or strpos(colour, '${value}') > 0)`,
  from: (value: string) => `made_at >= '${value}'`,
  to: (value: string) => `made_at < '${value}'`,
};
const parameters = listParameters(things);
let server: TestPostgres;
let admin: pg.Client;
let database: Database;

beforeAll(async () => {
  server = await startPostgres();
  const connection = await server.createDatabase();
  admin = new pg.Client(connection);
  await admin.connect();
  await admin.query(`create table things (
      id bigint generated always as identity primary key, name varchar(200) not null,
      price numeric(12, 2) not null, rating numeric(2, 1), made_at timestamptz not null,
      sold_at timestamptz, kind_id bigint not null, colour varchar(20) not null,
      owner_id bigint not null);
    grant select on things to shop_app`);
  database = connectDatabase(async () => appSecret(connection), console.error, 'lists');
});

afterAll(async () => {
  await database?.close();
  await admin?.end();
  await server?.stop();
});

// Few values, so that rows tie; instants that differ by a microsecond.
const names = ['ant', 'Ant', 'bee', 'Zoë', 'a_t', '%', ' ', '象'];
const instants = ['2026-05-04T12:00:00.000001Z', '2026-05-04T12:00:00.000002Z', '1999-01-01Z'];
const thing = fc.record({
  name: fc.constantFrom(...names),
  price: fc.constantFrom('0.00', '0.10', '9.99', '9999999999.99'),
  rating: fc.constantFrom(null, '0.0', '4.5'),
  made_at: fc.constantFrom(...instants),
  sold_at: fc.constantFrom(null, ...instants),
  kind_id: fc.integer({ min: 1, max: 3 }),
  colour: fc.constantFrom('red', 'blue'),
  owner_id: fc.integer({ min: 1, max: 2 }),
});
type NewThing = Readonly<Record<string, unknown>>;
const row = {
  ...{ name: 'ant', price: '1.00', rating: null, made_at: instants[0], sold_at: null },
  ...{ kind_id: 1, colour: 'red', owner_id: 1 },
};
const values = {
  kind: ['1', '2'],
  colour: ['red', 'blue'],
  called: ['ant', '%'],
  priceMin: ['0.1', '9.99'],
  priceMax: ['9.99', '10'],
  rated: ['true', 'false'],
  q: ['a', '%', '_', 'e'],
  from: ['2026-05-04T12:00:00Z', '2000-01-01T00:00:00+13:00'],
  to: ['2026-05-04T12:00:00.001Z', '2026-01-01T00:00:00Z'],
};
/** One or two filters, or none: with more of them little is left to turn pages in. */
const asked = fc
  .subarray(Object.entries(values), { maxLength: 2 })
  .chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map(([name, of]) => [name, fc.constantFrom(...of)]))),
  );
const sort = fc.constantFrom(
  ...['id', ...Object.keys(things.sorts)].flatMap((name) => [name, `-${name}`]),
);

async function insert(rows: readonly NewThing[]): Promise<void> {
  await admin.query(
    `insert into things (name, price, rating, made_at, sold_at, kind_id, colour, owner_id)
     select name, price, rating, made_at, sold_at, kind_id, colour, owner_id
     from json_populate_recordset(null::things, $1)`,
    [JSON.stringify(rows)],
  );
}

/** All pages, as a client reads them. */
async function walk(
  query: Readonly<Record<string, unknown>>,
  ownerId: number | null,
  between: (page: number) => Promise<void> = async () => {},
): Promise<number[]> {
  const ids: number[] = [];
  let cursor: string | undefined;
  for (let pages = 0; ; pages++) {
    const request = parameters.parse({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    const page: Page<Thing> = await readPage(database, things, request, ownerId);
    expect(page.items.length).toBeLessThanOrEqual(request.limit);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === undefined) return ids;
    expect(pages).toBeLessThan(200);
    expect(page.items).toHaveLength(request.limit);
    await between(pages);
  }
}

/** The ids that one plain statement gives. */
async function plainly(
  query: Readonly<Record<string, string>>,
  sorted: string,
  ownerId: number | null,
): Promise<number[]> {
  const where = Object.entries(query).map(([name, value]) =>
    conditions[name as keyof typeof conditions](value),
  );
  if (ownerId !== null) where.push(`owner_id = ${ownerId}`);
  const falling = sorted.startsWith('-');
  const column = { madeAt: 'made_at', soldAt: 'sold_at' }[sorted.replace('-', '')];
  const by = column ?? sorted.replace('-', '');
  // A row without a value comes before all that have one, or after them in falling order.
  const order = falling ? 'desc nulls last' : 'asc nulls first';
  const { rows } = await admin.query(
    `select id::int from things where ${['true', ...where].join(' and ')}
     order by ${by} ${order}, id ${falling ? 'desc' : 'asc'}`,
  );
  return rows.map(({ id }) => id);
}

const walks = fc.record({
  rows: fc.array(thing, { maxLength: 40, size: 'max' }),
  query: asked,
  sorted: sort,
  limit: fc.integer({ min: 1, max: 7 }),
  ownerId: fc.constantFrom(null, null, 1),
});

test('readPage() gives every row exactly once and in order, whatever is asked', async () => {
  await fc.assert(
    fc.asyncProperty(walks, async ({ rows, query, sorted, limit, ownerId }) => {
      await admin.query('delete from things');
      await insert(rows);
      const found = await walk({ ...query, sort: sorted, limit: String(limit) }, ownerId);
      expect(found).toEqual(await plainly(query, sorted, ownerId));
    }),
    { numRuns: 250 },
  );
});

test('readPage() repeats and leaves out no row that was there, while others come', async () => {
  const come = fc.array(fc.array(thing, { maxLength: 4 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(walks, come, async ({ rows, query, sorted, limit, ownerId }, coming) => {
      await admin.query('delete from things');
      await insert(rows);
      const before = await plainly(query, sorted, ownerId);
      const found = await walk({ ...query, sort: sorted, limit: String(limit) }, ownerId, (page) =>
        insert(coming[page] ?? []),
      );
      expect(new Set(found).size).toBe(found.length);
      const old = new Set(before);
      expect(found.filter((id) => old.has(id))).toEqual(before);
      const after = new Set(await plainly(query, sorted, ownerId));
      expect(found.every((id) => after.has(id))).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('readPage() refuses whatever is no cursor of this list, sort and filters', async () => {
  await insert([...names].map((name) => ({ ...row, name })));
  const genuine = async (query: object) =>
    (await readPage(database, things, parameters.parse({ limit: '1', ...query }))).nextCursor ?? '';
  const byName = await genuine({ sort: 'name' });
  expect(await genuine({ sort: 'name', cursor: byName })).not.toBe('');
  for (const query of [{}, { sort: '-name' }, { sort: 'name', kind: '1' }]) {
    const reused = readPage(database, things, parameters.parse({ ...query, cursor: byName }));
    await expect(reused).rejects.toMatchObject({
      status: 400,
      details: {
        errors: [{ field: 'cursor', reason: 'Belongs to a page of another list, sort or filter' }],
      },
    });
  }
  const [fingerprint] = JSON.parse(Buffer.from(byName, 'base64url').toString());
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '\ud800', "'; drop table things; --", 'NaN', '-infinity', '9'.repeat(99)),
    fc.constantFrom('0000-01-01T00:00:00.000000Z', '2026-02-30T00:00:00.000000Z', '1e9', ''),
  );
  const ids = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-1, 1.5, 1e300, null, '1'));
  await fc.assert(
    fc.asyncProperty(sort, nasty, ids, fc.boolean(), async (sorted, value, id, isOwn) => {
      const own = await genuine({ sort: sorted });
      const print = isOwn ? JSON.parse(Buffer.from(own, 'base64url').toString())[0] : fingerprint;
      for (const cursor of [forged([print, value, id]), forged(value), value.slice(0, 2_000)]) {
        const request = parameters.parse({ sort: sorted, cursor });
        const answer = readPage(database, things, request);
        await answer.catch((error) => expect(error).toMatchObject({ status: 400 }));
      }
    }),
    { numRuns: 300 },
  );
});

test('listParameters() names every parameter that is wrong', () => {
  const wrong = {
    kind: '1; drop',
    colour: 'green',
    called: 'a\0b',
    priceMin: '-1',
    priceMax: '1e9',
    rated: 'maybe',
    q: '',
    from: 'yesterday',
    to: '0001-01-01T00:00:00+01:00',
    sort: 'owner_id',
    limit: '0',
    cursor: 'x'.repeat(2_001),
    offset: '10',
  };
  const { error } = parameters.safeParse(wrong);
  const named = error?.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : issue.path,
  );
  expect(named?.toSorted()).toEqual(Object.keys(wrong).toSorted());
});

test('readItem() gives a row to its owner alone', async () => {
  await admin.query('delete from things');
  await insert([{ ...row, owner_id: 2 }]);
  const [id = 0] = await plainly({}, 'id', null);
  expect(await readItem(database, things, id)).toEqual({ id, name: 'ant' });
  expect(await readItem(database, things, id, 2)).toEqual({ id, name: 'ant' });
  expect(await readItem(database, things, id, 1)).toBeUndefined();
});
