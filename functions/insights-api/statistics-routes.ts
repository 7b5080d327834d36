import { z } from 'zod';
import { type Endpoint, endpoint } from '../../shared/api/endpoint.ts';
import type { Settings } from '../../shared/config/settings.ts';
import { funnelDataSchema } from '../../shared/events/funnel.ts';
import { mostViewedDataSchema } from '../../shared/events/most-viewed.ts';
import { productInterestDataSchema } from '../../shared/events/product-interest.ts';
import { salesPulseDataSchema } from '../../shared/events/sales-pulse.ts';
import { topProductsDataSchema } from '../../shared/events/top-products.ts';
import {
  revenueWindows,
  statisticWindow,
  topProductsWindows,
} from '../../shared/statistics/statistic-window.ts';
import { figuresAccess } from './figures-access.ts';
import type { ResultsTable } from './results-table.ts';
import { revenueStatistics, revenueWindowSchema } from './revenue-statistics.ts';
import { type Statistic, toldWindows } from './statistic.ts';
import { statisticsParameters, toStatisticsQuery } from './statistics-query.ts';

/** Every statistic by windows: a new one is an entry here. */
function statistics(settings: Settings): readonly Statistic[] {
  return [
    {
      path: '/statistics/revenue',
      summary: 'Revenue and orders by window, page by page, the newest first',
      windows: revenueWindows(settings),
      schema: revenueWindowSchema,
      read: revenueStatistics,
    },
    {
      path: '/statistics/top-products',
      summary:
        'Products and categories that sell best, and those that rise, by window, page by page',
      windows: topProductsWindows(settings),
      schema: topProductsDataSchema,
    },
    {
      path: '/statistics/sales-pulse',
      summary: 'Sales beside those of the window before, and whether they leap, page by page',
      windows: [
        statisticWindow(settings.salesPulseWindowMs, { name: 'sales-pulse', generation: 1 }),
      ],
      schema: salesPulseDataSchema,
    },
    {
      path: '/statistics/product-interest',
      summary: 'Views, carts and purchases of products by window, page by page, the newest first',
      windows: [
        statisticWindow(settings.interestWindowMs, { name: 'product-interest', generation: 1 }),
      ],
      schema: productInterestDataSchema,
    },
    {
      path: '/statistics/most-viewed',
      summary: 'The products viewed most by window, page by page, the newest first',
      windows: [
        statisticWindow(settings.mostViewedWindowMs, { name: 'most-viewed', generation: 1 }),
      ],
      schema: mostViewedDataSchema,
    },
    {
      path: '/statistics/funnel',
      summary: 'How far visitors came, from view to paid, by window, the newest first',
      windows: [statisticWindow(settings.funnelWindowMs, { name: 'funnel', generation: 1 })],
      schema: funnelDataSchema,
    },
  ];
}

const epochMs = z.int();

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

function pageOf({ schema, windows }: Statistic) {
  return z.object({
    currency: z.string().meta({ description: 'ISO 4217 code of every amount.' }),
    statistic: z.string(),
    window: z.enum(windows.map(({ name }) => name)),
    windowMs: z.int(),
    generation: z.int(),
    windows: z.array(schema.extend(ofWindow)),
    nextCursor: z.string().nullable(),
  });
}

export function statisticsRoutes(
  results: ResultsTable,
  currency: string,
  settings: Settings,
): readonly Endpoint[] {
  return statistics(settings).map((statistic) => {
    const { path, summary, windows, schema, read = toldWindows(schema) } = statistic;
    return endpoint({
      method: 'GET',
      path,
      tag: 'statistics',
      summary,
      access: figuresAccess(settings),
      conditional: true,
      request: z.object({ query: statisticsParameters(windows) }),
      answers: { 200: { description: 'A page of windows.', schema: pageOf(statistic) } },
      handle: async ({ query }) => {
        const window = windows.find(({ name }) => name === query.window) ?? windows[0];
        const page = await read(results, window, toStatisticsQuery(query));
        return {
          status: 200,
          body: {
            currency,
            statistic: path.slice('/statistics/'.length),
            window: window.name,
            windowMs: window.sizeMs,
            ...page,
          },
        };
      },
    });
  });
}
