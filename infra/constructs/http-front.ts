import { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { type FrontFunctions, frontRoutes, frontThrottle } from './front-routes.ts';
import { ShopLogGroup } from './shop-log-group.ts';

export interface HttpFrontProps {
  readonly deployment: Deployment;
  readonly functions: FrontFunctions;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const accessLogLine = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
};

/** The HTTP API: events of payload format 2.0, throttled, every request in the access log. */
export class HttpFront extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { deployment, functions }: HttpFrontProps) {
    super(scope, id);
    const name = `${deployment.stage}-shop`;
    const integrations = {
      shopApi: new HttpLambdaIntegration('ShopApi', functions.shopApi),
      clickIntake: new HttpLambdaIntegration('ClickIntake', functions.clickIntake),
      insightsApi: new HttpLambdaIntegration('InsightsApi', functions.insightsApi),
    };
    const api = new apigateway.HttpApi(this, 'Api', {
      apiName: name,
      description: 'The shop, its clicks, its live page',
      createDefaultStage: false,
      defaultIntegration: integrations.shopApi,
      ...(deployment.corsOrigins.length > 0 && { corsPreflight: corsOf(deployment) }),
    });
    const accessLog = new ShopLogGroup(this, 'AccessLog', deployment, `/aws/apigateway/${name}`);
    const stage = new apigateway.HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: frontThrottle,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
      },
    });
    const throttled: [string, object][] = [];
    for (const { method, path, to, throttle } of frontRoutes) {
      const routes = api.addRoutes({
        path,
        methods: [apigateway.HttpMethod[method]],
        integration: integrations[to],
      });
      if (throttle === undefined) continue;
      const { rateLimit: ThrottlingRateLimit, burstLimit: ThrottlingBurstLimit } = throttle;
      throttled.push([`${method} ${path}`, { ThrottlingRateLimit, ThrottlingBurstLimit }]);
      // A stage cannot bound a route that is not there yet.
      stage.node.addDependency(...routes);
    }
    const resource = stage.node.defaultChild;
    if (resource instanceof apigateway.CfnStage)
      resource.routeSettings = Object.fromEntries(throttled);
    this.url = api.apiEndpoint;
  }
}

/** What pages of other origins may send and read. Tokens travel in a header, so no cookies. */
function corsOf({ corsOrigins }: Deployment): apigateway.CorsPreflightOptions {
  const { GET, POST, PATCH, DELETE } = apigateway.CorsHttpMethod;
  return {
    allowOrigins: [...corsOrigins],
    allowMethods: [GET, POST, PATCH, DELETE],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
    exposeHeaders: ['etag', 'location', 'retry-after'],
    maxAge: Duration.hours(1),
  };
}
