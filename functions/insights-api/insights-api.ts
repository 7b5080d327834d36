import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { failureToProblem } from '../../shared/http/failure-to-problem.ts';
import { problem } from '../../shared/http/problem.ts';
import { type InsightsParts, insightsRoutes } from './routes.ts';

/** The API over the results of the jobs, and the live page, as a Lambda handler. */
export function insightsApi(parts: InsightsParts, log: (message: string, error: Error) => void) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
    httpRouter<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
      routes: insightsRoutes(parts),
      notFoundResponse: ({ path }) =>
        problem({ status: 404, title: 'Nothing stands at this address', instance: path }),
    }),
  ).use(failureToProblem(log));
}
