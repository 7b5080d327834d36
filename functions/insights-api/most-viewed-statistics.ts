import { mostViewedDataSchema } from '../../shared/events/most-viewed.ts';
import type { ResultsTable } from './results-table.ts';
import type { StatisticsQuery } from './statistics-query.ts';
import { presentWindow, windowPage } from './window-pages.ts';

/** One page of the windows asked for, each with the products that were viewed most in it. */
export async function mostViewedStatistics(results: ResultsTable, query: StatisticsQuery) {
  const job = 'most-viewed';
  const { range, page, nextCursor } = await windowPage(results, job, query);
  return {
    statistic: job,
    generation: range.generation,
    windows: page.map((window) => ({
      ...presentWindow(window),
      ...mostViewedDataSchema.parse(window.data),
    })),
    nextCursor,
  };
}
