import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { type FrontFunctions, frontRoutes, frontThrottle } from './front-routes.ts';

export interface RestFrontProps {
  readonly deployment: Deployment;
  readonly functions: FrontFunctions;
}

/** The same routes as a REST API, for clouds without HTTP APIs; its events need `rest.handler`. */
export class RestFront extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { deployment, functions }: RestFrontProps) {
    super(scope, id);
    const api = new apigateway.RestApi(this, 'Api', {
      restApiName: `${deployment.stage}-shop`,
      description: 'The shop, its clicks, its live page',
      cloudWatchRole: false,
      deployOptions: {
        stageName: 'live',
        throttlingRateLimit: frontThrottle.rateLimit,
        throttlingBurstLimit: frontThrottle.burstLimit,
      },
    });
    const integrations = {
      shopApi: new apigateway.LambdaIntegration(functions.shopApi),
      clickIntake: new apigateway.LambdaIntegration(functions.clickIntake),
      insightsApi: new apigateway.LambdaIntegration(functions.insightsApi),
    };
    for (const { method, path, to } of frontRoutes) {
      if (isCaughtAnyway(path, to)) continue;
      api.root.resourceForPath(path).addMethod(method, integrations[to]);
    }
    api.root.addMethod('ANY', integrations.shopApi);
    api.root.addResource('{proxy+}').addMethod('ANY', integrations.shopApi);
    this.url = api.url;
  }
}

/** What is the shop API's comes by the catch-all, under the one throttle; not beneath another's. */
function isCaughtAnyway(path: string, to: keyof FrontFunctions): boolean {
  const isBeneath = (other: string) => path.startsWith(`${other}/`);
  return to === 'shopApi' && !frontRoutes.some((route) => route.to !== to && isBeneath(route.path));
}
