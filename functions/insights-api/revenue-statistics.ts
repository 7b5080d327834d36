import { type RevenueData, revenueDataSchema } from '../../shared/events/revenue.ts';
import { percentChange } from '../../shared/statistics/percent-change.ts';
import { encodeCursor } from './cursor.ts';
import type { ResultsTable, WindowItem } from './results-table.ts';
import type { StatisticsQuery } from './statistics-query.ts';

type RevenueWindow = Omit<WindowItem, 'data'> & RevenueData;

/**
 * One page of the revenue windows asked for, each with its trend against the window right before
 * it, which is read even where it lies outside the page.
 */
export async function revenueStatistics(results: ResultsTable, query: StatisticsQuery) {
  const job = 'revenue';
  const { order, limit, cursor } = query;
  const generation = cursor?.generation ?? (await results.liveGeneration(job));
  const fromMs =
    cursor && order === 'asc' ? Math.max(query.fromMs, cursor.startMs + 1) : query.fromMs;
  const toMs = cursor && order === 'desc' ? Math.min(query.toMs, cursor.startMs) : query.toMs;

  // One more than asked for tells whether there is a next page.
  const range = { job, generation, fromMs, toMs, order, limit: limit + 1 };
  const found = (await results.windows(range)).map(toWindow);
  const page = found.slice(0, limit);
  const byEnd = new Map(found.map((window) => [window.endMs, window]));

  const oldest = order === 'asc' ? page.at(0) : page.at(-1);
  if (oldest !== undefined && !byEnd.has(oldest.startMs)) {
    const startMs = oldest.startMs - (oldest.endMs - oldest.startMs);
    const only = { fromMs: startMs, toMs: startMs + 1, limit: 1 };
    const [before] = await results.windows({ ...range, ...only });
    if (before !== undefined) byEnd.set(before.endMs, toWindow(before));
  }

  const last = page.at(-1);
  return {
    statistic: job,
    generation,
    windows: page.map((window) => present(window, byEnd.get(window.startMs))),
    nextCursor:
      found.length > limit && last ? encodeCursor({ generation, startMs: last.startMs }) : null,
  };
}

function toWindow({ data, ...item }: WindowItem): RevenueWindow {
  return { ...item, ...revenueDataSchema.parse(JSON.parse(data)) };
}

function present({ updatedAt, ...window }: RevenueWindow, previous: RevenueWindow | undefined) {
  return {
    start: new Date(window.startMs).toISOString(),
    end: new Date(window.endMs).toISOString(),
    ...window,
    updatedAtMs: updatedAt,
    trend: {
      ordersPercent: percentChange(window.orders, previous?.orders),
      itemsPercent: percentChange(window.items, previous?.items),
      grossPercent: percentChange(window.grossCents, previous?.grossCents),
      netPercent: percentChange(window.netCents, previous?.netCents),
      averageOrderPercent: percentChange(window.averageOrderCents, previous?.averageOrderCents),
    },
  };
}
