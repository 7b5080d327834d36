import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readCaller } from '../auth/caller.ts';
import { failureToProblem } from '../http/failure-to-problem.ts';
import type { Endpoint } from './endpoint.ts';
import { routing } from './routing.ts';

interface ApiOptions {
  /** Base64url of the key that verifies tokens, or the empty text: then no token is accepted. */
  readonly tokenPublicKey: string;
  readonly log: (message: string, error: Error) => void;
}

/** Endpoints as one Lambda handler; whatever one of them throws is logged, and told as a problem. */
export function apiHandler(endpoints: readonly Endpoint[], { tokenPublicKey, log }: ApiOptions) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
    routing(endpoints, (event) => readCaller(event, tokenPublicKey)),
  ).use(failureToProblem(log));
}
