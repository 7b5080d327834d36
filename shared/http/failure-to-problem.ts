import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { problem } from './problem.ts';

/**
 * middy middleware: whatever a handler throws is logged whole and answered as a problem document
 * of status 500 that tells nothing of the inside. The request id leads from the one to the other.
 *
 * @param log takes the message and the error, as the logger's `error` does.
 */
export function failureToProblem(
  log: (message: string, error: Error) => void,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError(request) {
      const { requestContext, rawPath } = request.event;
      const error = request.error ?? new Error('Cannot answer request: nothing says why');
      log(`Cannot answer ${requestContext.http.method} ${rawPath}: ${error.message}`, error);
      request.response = problem({
        status: 500,
        title: 'Something went wrong on our side',
        detail: `The request can be repeated; its id in the log is ${requestContext.requestId}.`,
        instance: rawPath,
      });
    },
  };
}
