import type { Route } from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { entityTag } from '../../shared/http/entity-tag.ts';
import { pageHeaders } from '../../shared/http/page-headers.ts';
import { problem } from '../../shared/http/problem.ts';
import { conditionalResponse } from './conditional-response.ts';
import { assembleLive } from './live.ts';
import { mostViewedStatistics } from './most-viewed-statistics.ts';
import type { PageFiles } from './page-files.ts';
import type { ResultsTable } from './results-table.ts';
import { revenueStatistics } from './revenue-statistics.ts';
import { parseStatisticsQuery, type StatisticsQuery } from './statistics-query.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

export interface InsightsParts {
  readonly results: ResultsTable;
  readonly page: PageFiles;
  /** ISO 4217 code of every amount. */
  readonly currency: string;
}

type Statistic = (results: ResultsTable, query: StatisticsQuery) => Promise<object>;
const statistics = new Map<string, Statistic>([
  ['revenue', revenueStatistics],
  ['most-viewed', mostViewedStatistics],
]);

/** What can be asked for: the live document, the statistics, the page and its files. */
export function insightsRoutes(parts: InsightsParts): Route<Event, Result>[] {
  const { results, page, currency } = parts;

  async function live(event: Event): Promise<Result> {
    return json(event, assembleLive(await results.liveSections(), currency));
  }

  async function statistic(event: Event): Promise<Result> {
    const read = statistics.get(event.pathParameters?.['proxy'] ?? '');
    if (read === undefined) return noSuchStatistic(event);
    const parsed = parseStatisticsQuery(event.queryStringParameters ?? {});
    if (!parsed.ok) {
      const { errors } = parsed;
      const title = 'The query has wrong parameters';
      return problem({ status: 400, title, errors, instance: event.rawPath });
    }
    return json(event, { currency, ...(await read(results, parsed.query)) });
  }

  async function pageFile(event: Event): Promise<Result> {
    // The page names its files relative to itself, so it has one address: the one without a slash.
    if (event.rawPath.endsWith('/dashboard/')) {
      return { statusCode: 308, headers: { location: '../dashboard' } };
    }
    const file = page.get(event.pathParameters?.['proxy'] ?? 'index.html');
    if (file === undefined) {
      return problem({ status: 404, title: 'The page has no such file', instance: event.rawPath });
    }
    const headers = { ...pageHeaders(), 'content-type': file.contentType };
    return conditionalResponse(event, file.body, file.etag, headers);
  }

  return [
    { method: 'GET', path: '/live', handler: live },
    { method: 'GET', path: '/statistics/{proxy+}', handler: statistic },
    { method: 'GET', path: '/dashboard', handler: pageFile },
    { method: 'GET', path: '/dashboard/{proxy+}', handler: pageFile },
  ];
}

function json(event: Event, document: unknown): Result {
  const body = JSON.stringify(document);
  const headers = { 'content-type': 'application/json' };
  return conditionalResponse(event, body, entityTag(body), headers);
}

function noSuchStatistic(event: Event): Result {
  return problem({
    status: 404,
    title: 'No such statistic',
    detail: `Known statistics: ${[...statistics.keys()].join(', ')}`,
    instance: event.rawPath,
  });
}
