import type { z } from 'zod';
import type { StatisticWindow } from '../../shared/statistics/statistic-window.ts';
import type { ResultsTable } from './results-table.ts';
import type { StatisticsQuery } from './statistics-query.ts';
import { presentWindow, windowPage } from './window-pages.ts';

/** A statistic that jobs tell by windows, as the API serves it. */
export interface Statistic {
  readonly path: `/statistics/${string}`;
  readonly summary: string;
  /** Lengths of its windows; where none is asked for, the first. */
  readonly windows: readonly [StatisticWindow, ...StatisticWindow[]];
  /** What an answer says of a window, beside what is said of every one. */
  readonly schema: z.ZodObject;
  /** Reads one page. @default the results as they were told */
  readonly read?: (
    results: ResultsTable,
    window: StatisticWindow,
    query: StatisticsQuery,
  ) => Promise<StatisticPage>;
}

/** A page of windows, each with what is said of every one. */
export interface StatisticPage {
  readonly generation: number;
  readonly windows: readonly object[];
  readonly nextCursor: string | null;
}

/** One page of results as they were told, by the schema of their data. */
export function toldWindows(schema: z.ZodObject): NonNullable<Statistic['read']> {
  return async (results, { job }, query) => {
    const { range, page, nextCursor } = await windowPage(results, job, query);
    return {
      generation: range.generation,
      windows: page.map((window) => ({ ...presentWindow(window), ...schema.parse(window.data) })),
      nextCursor,
    };
  };
}
