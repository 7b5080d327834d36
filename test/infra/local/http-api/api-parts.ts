import type { InvocationResult } from '../../../../infra/local/lambda/invocation-result.ts';
import type { Resource } from '../../../../infra/local/service.ts';

export function resource(type: string, ref: string, properties: object): Resource {
  return { stack: 'App', logicalId: ref, type, ref, attributes: {}, properties };
}

const routeKeys = ['GET /products/{id}', 'GET /files/{proxy+}', 'ANY /any', '$default'];

/** An API with one function behind all its routes. */
export function resources(stage: object = {}, integration: object = {}) {
  return {
    api: resource('AWS::ApiGatewayV2::Api', 'api', { ProtocolType: 'HTTP' }),
    routes: routeKeys.map((RouteKey, index) =>
      resource('AWS::ApiGatewayV2::Route', `route${index}`, {
        ApiId: 'api',
        RouteKey,
        Target: 'integrations/integration',
      }),
    ),
    integrations: [
      resource('AWS::ApiGatewayV2::Integration', 'integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: 'arn:aws:lambda:us-east-1:000000000000:function:dev-probe',
        PayloadFormatVersion: '2.0',
        ...integration,
      }),
    ],
    stages: [
      resource('AWS::ApiGatewayV2::Stage', 'stage', {
        ApiId: 'api',
        StageName: '$default',
        ...stage,
      }),
    ],
  };
}

export function success(payload: unknown): InvocationResult {
  return { ok: true, payload, requestId: 'request' };
}

export function failure(errorType: string, throttled = false): InvocationResult {
  const errorMessage = 'as told';
  return { ok: false, errorType, errorMessage, timedOut: false, throttled, requestId: 'request' };
}
