import { z } from 'zod';
import { type RevenueData, revenueDataSchema } from '../../shared/events/revenue.ts';
import { percentChange } from '../../shared/statistics/percent-change.ts';
import type { StatisticWindow } from '../../shared/statistics/statistic-window.ts';
import type { ResultsTable } from './results-table.ts';
import type { StatisticPage } from './statistic.ts';
import type { StatisticsQuery } from './statistics-query.ts';
import { presentWindow, windowPage } from './window-pages.ts';
import type { WindowItem } from './window-rows.ts';

const percent = z.number().nullable();

/** What is said of a revenue window. */
export const revenueWindowSchema = revenueDataSchema.extend({
  trend: z
    .object({
      ordersPercent: percent,
      itemsPercent: percent,
      grossPercent: percent,
      netPercent: percent,
      averageOrderPercent: percent,
    })
    .meta({ description: 'Against the window right before; null where that had nothing.' }),
});

/**
 * One page of the revenue windows asked for, each with its trend against the window right before
 * it, which is read even where it lies outside the page.
 */
export async function revenueStatistics(
  results: ResultsTable,
  { job }: StatisticWindow,
  query: StatisticsQuery,
): Promise<StatisticPage> {
  const { range, found, page, nextCursor } = await windowPage(results, job, query);
  const byEnd = new Map(found.map((window) => [window.endMs, window]));

  const oldest = query.order === 'asc' ? page.at(0) : page.at(-1);
  if (oldest !== undefined && !byEnd.has(oldest.startMs)) {
    const startMs = oldest.startMs - (oldest.endMs - oldest.startMs);
    const only = { fromMs: startMs, toMs: startMs + 1, limit: 1 };
    const [before] = await results.windows({ ...range, ...only });
    if (before !== undefined) byEnd.set(before.endMs, before);
  }
  return {
    generation: range.generation,
    windows: page.map((window) => present(window, byEnd.get(window.startMs))),
    nextCursor,
  };
}

function present(window: WindowItem, before: WindowItem | undefined) {
  const revenue = revenueDataSchema.parse(window.data);
  return { ...presentWindow(window), ...revenue, trend: trendOf(revenue, before) };
}

function trendOf(now: RevenueData, before: WindowItem | undefined) {
  const previous = before && revenueDataSchema.parse(before.data);
  return {
    ordersPercent: percentChange(now.orders, previous?.orders),
    itemsPercent: percentChange(now.items, previous?.items),
    grossPercent: percentChange(now.grossCents, previous?.grossCents),
    netPercent: percentChange(now.netCents, previous?.netCents),
    averageOrderPercent: percentChange(now.averageOrderCents, previous?.averageOrderCents),
  };
}
