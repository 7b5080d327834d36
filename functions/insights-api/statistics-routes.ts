import { z } from 'zod';
import { type Endpoint, endpoint } from '../../shared/api/endpoint.ts';
import { mostViewedDataSchema } from '../../shared/events/most-viewed.ts';
import { revenueDataSchema } from '../../shared/events/revenue.ts';
import { mostViewedStatistics } from './most-viewed-statistics.ts';
import type { ResultsTable } from './results-table.ts';
import { revenueStatistics } from './revenue-statistics.ts';
import { statisticsParameters, toStatisticsQuery } from './statistics-query.ts';

const epochMs = z.int();
const percent = z.number().nullable();

const ofWindow = {
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  startMs: epochMs,
  endMs: epochMs,
  revision: z.int(),
  closed: z.boolean().meta({ description: 'False: its figures are preliminary.' }),
  final: z.boolean().meta({ description: 'No late event can change it any more.' }),
  updatedAtMs: epochMs,
};
const trend = z
  .object({
    ordersPercent: percent,
    itemsPercent: percent,
    grossPercent: percent,
    netPercent: percent,
    averageOrderPercent: percent,
  })
  .meta({ description: 'Against the window right before; null where that had nothing.' });

const page = <Window extends z.ZodType>(window: Window) =>
  z.object({
    currency: z.string().meta({ description: 'ISO 4217 code of every amount.' }),
    statistic: z.string(),
    generation: z.int(),
    windows: z.array(window),
    nextCursor: z.string().nullable(),
  });

const statistics = [
  {
    path: '/statistics/revenue',
    summary: 'Revenue and orders by window, page by page, the newest first',
    schema: page(revenueDataSchema.extend({ ...ofWindow, trend })),
    read: revenueStatistics,
  },
  {
    path: '/statistics/most-viewed',
    summary: 'The products viewed most by window, page by page, the newest first',
    schema: page(mostViewedDataSchema.extend(ofWindow)),
    read: mostViewedStatistics,
  },
] as const;

export function statisticsRoutes(results: ResultsTable, currency: string): readonly Endpoint[] {
  return statistics.map(({ path, summary, schema, read }) =>
    endpoint({
      method: 'GET',
      path,
      tag: 'statistics',
      summary,
      access: 'anyone',
      conditional: true,
      request: z.object({ query: statisticsParameters }),
      answers: { 200: { description: 'A page of windows.', schema } },
      handle: async ({ query }) => ({
        status: 200,
        body: { currency, ...(await read(results, toStatisticsQuery(query))) },
      }),
    }),
  );
}
