import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** A log group that forgets: after two weeks, in production after three months. */
export class ShopLogGroup extends logs.LogGroup {
  constructor(scope: Construct, id: string, deployment: Deployment, logGroupName: string) {
    super(scope, id, {
      logGroupName,
      retention: deployment.production
        ? logs.RetentionDays.THREE_MONTHS
        : logs.RetentionDays.TWO_WEEKS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
