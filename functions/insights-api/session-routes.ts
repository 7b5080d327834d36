import { z } from 'zod';
import { type Endpoint, endpoint } from '../../shared/api/endpoint.ts';
import { abandonedCartDataSchema } from '../../shared/events/abandoned-cart.ts';
import { sessionDataSchema } from '../../shared/events/session.ts';
import { encodeCursor, generationOf } from './cursor.ts';
import type { ResultsTable } from './results-table.ts';
import { type StatisticsQuery, sessionParameters, toStatisticsQuery } from './statistics-query.ts';
import type { SessionItem } from './window-rows.ts';

/** They tell of one visitor each, if only under a pseudonym. */
const access = ['analyst', 'operator'] as const;

const statistics = [
  {
    path: '/statistics/sessions',
    job: 'sessions',
    list: 'sessions',
    summary: 'Sessions that have ended, one by one, page by page, the newest first',
    schema: sessionDataSchema,
  },
  {
    path: '/statistics/abandoned-carts',
    job: 'abandoned-carts',
    list: 'carts',
    summary: 'Carts that were left with products in them, page by page, the newest first',
    schema: abandonedCartDataSchema,
  },
] as const;

const ofSession = {
  start: z.iso.datetime().meta({ description: 'Of its first event.' }),
  end: z.iso.datetime().meta({ description: 'Its last event, and the silence after it.' }),
  startMs: z.int(),
  endMs: z.int(),
  revision: z.int(),
  updatedAtMs: z.int(),
};

const pageOf = (list: string, schema: z.ZodObject) =>
  z.object({
    currency: z.string().meta({ description: 'ISO 4217 code of every amount.' }),
    statistic: z.string(),
    generation: z.int(),
    [list]: z.array(schema.extend(ofSession)),
    nextCursor: z.string().nullable(),
  });

/** What is told session by session, for those who may look at single visitors. */
export function sessionRoutes(results: ResultsTable, currency: string): readonly Endpoint[] {
  return statistics.map(({ path, job, list, summary, schema }) =>
    endpoint({
      method: 'GET',
      path,
      tag: 'statistics',
      summary,
      access,
      conditional: true,
      request: z.object({ query: sessionParameters }),
      answers: { 200: { description: `A page of ${list}.`, schema: pageOf(list, schema) } },
      async handle({ query }) {
        const page = await sessionPage(results, job, schema, toStatisticsQuery(query));
        const { generation, told, nextCursor } = page;
        return {
          status: 200,
          body: { currency, statistic: job, generation, [list]: told, nextCursor },
        };
      },
    }),
  );
}

async function sessionPage(
  results: ResultsTable,
  job: string,
  schema: z.ZodObject,
  { fromMs, toMs, limit, order, cursor }: StatisticsQuery,
) {
  const live = { name: job, generation: 1 };
  const generation = generationOf(cursor, job) ?? (await results.liveGeneration(live));
  const after = cursor && { startMs: cursor.startMs, key: cursor.visitor ?? '' };
  // One more than asked for tells whether there is a next page.
  const range = { job, generation, fromMs, toMs, order, limit: limit + 1 };
  const found = await results.sessions(range, after);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    generation,
    told: page.map((item) => ({ ...present(item), ...schema.parse(item.data) })),
    nextCursor: last
      ? encodeCursor({ job, generation, startMs: last.startMs, visitor: last.key })
      : null,
  };
}

function present({ startMs, endMs, revision, updatedAt }: SessionItem) {
  return {
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
    ...{ startMs, endMs, revision, updatedAtMs: updatedAt },
  };
}
