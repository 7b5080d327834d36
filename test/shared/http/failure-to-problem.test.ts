import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import { failureToProblem } from '../../../shared/http/failure-to-problem.ts';
import { getEvent, lambdaContext } from '../../fixtures/http-event.ts';

test('failureToProblem() logs the error whole and tells the caller only how to find it', async () => {
  const logged: { message: string; error: Error }[] = [];
  const secret = new Error('password of shop_app is wrong');
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(() => {
    throw secret;
  }).use(failureToProblem((message, error) => logged.push({ message, error })));

  const response = await handler(getEvent('/live'), lambdaContext('insights-api'));

  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain('password');
  expect(response.body).toContain('request-1');
  expect(logged).toEqual([
    { message: 'Cannot answer GET /live: password of shop_app is wrong', error: secret },
  ]);
});
