import type { Run } from '../../shared/stream/state/layout.ts';
import { encodeCursor, generationOf } from './cursor.ts';
import type { ResultsTable, WindowRange } from './results-table.ts';
import type { StatisticsQuery } from './statistics-query.ts';
import type { WindowItem } from './window-rows.ts';

/** A Lambda function answers with 6 MB at most; a page says more of a window than its data. */
const pageBytesMax = 4_000_000;

/** One page of a statistic. */
export interface WindowPage {
  /** As asked of the table: the page, and one window more to know of a next page. */
  readonly range: WindowRange;
  readonly found: readonly WindowItem[];
  readonly page: readonly WindowItem[];
  readonly nextCursor: string | null;
}

/** Reads the windows of a job that a query asks for, in the generation that its cursor began in. */
export async function windowPage(
  results: ResultsTable,
  job: Run,
  query: StatisticsQuery,
): Promise<WindowPage> {
  const { order, limit, cursor } = query;
  const generation = generationOf(cursor, job.name) ?? (await results.liveGeneration(job));
  const fromMs =
    cursor && order === 'asc' ? Math.max(query.fromMs, cursor.startMs + 1) : query.fromMs;
  const toMs = cursor && order === 'desc' ? Math.min(query.toMs, cursor.startMs) : query.toMs;
  // One more than asked for tells whether there is a next page.
  const range = { job: job.name, generation, fromMs, toMs, order, limit: limit + 1 };
  const found = await results.windows(range);
  const page = withinBytes(found.slice(0, limit));
  const last = page.at(-1);
  const nextCursor =
    found.length > page.length && last
      ? encodeCursor({ job: job.name, generation, startMs: last.startMs })
      : null;
  return { range, found, page, nextCursor };
}

/** As many of the windows as an answer may hold, one at least: the next page begins behind them. */
function withinBytes(windows: readonly WindowItem[]): readonly WindowItem[] {
  let bytes = 0;
  const tooMany = windows.findIndex(({ data }, index) => {
    bytes += Buffer.byteLength(JSON.stringify(data));
    return bytes > pageBytesMax && index > 0;
  });
  return tooMany === -1 ? windows : windows.slice(0, tooMany);
}

/** What every statistic says of a window, before what it says itself. */
export function presentWindow({ data: _, updatedAt, ...window }: WindowItem) {
  return {
    start: new Date(window.startMs).toISOString(),
    end: new Date(window.endMs).toISOString(),
    ...window,
    updatedAtMs: updatedAt,
  };
}
