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
const dayMs = 86_400_000;

function trendAgainst(what: string) {
  return z
    .object({
      ordersPercent: percent,
      itemsPercent: percent,
      grossPercent: percent,
      netPercent: percent,
      averageOrderPercent: percent,
    })
    .meta({
      description: `Against ${what}; null where that had nothing. Of a window that is not closed, as it is so far.`,
    });
}

/** What is said of a revenue window. */
export const revenueWindowSchema = revenueDataSchema.extend({
  trend: trendAgainst('the window right before'),
  trendYesterday: trendAgainst('the window a day before, in UTC'),
  trendLastWeek: trendAgainst('the window seven days before, in UTC'),
});

/**
 * One page of the revenue windows asked for, each with its trend against the window right before it
 * and those of the same time yesterday and last week, wherever they lie.
 */
export async function revenueStatistics(
  results: ResultsTable,
  { job, sizeMs }: StatisticWindow,
  query: StatisticsQuery,
): Promise<StatisticPage> {
  const { range, found, page, nextCursor } = await windowPage(results, job, query);
  const known = new Map(found.map((window) => [window.startMs, window]));
  const earlier = page.flatMap(({ startMs }) =>
    [sizeMs, dayMs, 7 * dayMs].map((backMs) => startMs - backMs),
  );
  const unknown = new Set(earlier.filter((startMs) => startMs >= 0 && !known.has(startMs)));
  for (const window of await results.windowsAt({ ...range, startsMs: [...unknown] })) {
    known.set(window.startMs, window);
  }
  const windows = page.map((window) => {
    const revenue = revenueDataSchema.parse(window.data);
    const trendSince = (backMs: number) => trendOf(revenue, known.get(window.startMs - backMs));
    return {
      ...presentWindow(window),
      ...revenue,
      trend: trendSince(sizeMs),
      trendYesterday: trendSince(dayMs),
      trendLastWeek: trendSince(7 * dayMs),
    };
  });
  return { generation: range.generation, windows, nextCursor };
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
