import { type RevenueData, revenueDataSchema } from '../../shared/events/revenue.ts';
import { percentChange } from '../../shared/statistics/percent-change.ts';
import type { ResultsTable } from './results-table.ts';
import type { StatisticsQuery } from './statistics-query.ts';
import { presentWindow, windowPage } from './window-pages.ts';
import type { WindowItem } from './window-rows.ts';

/**
 * One page of the revenue windows asked for, each with its trend against the window right before
 * it, which is read even where it lies outside the page.
 */
export async function revenueStatistics(results: ResultsTable, query: StatisticsQuery) {
  const job = 'revenue';
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
    statistic: job,
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
