import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';

/** Where records go that cannot be processed. */
export class ShopQueues extends Construct {
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const queue = (queueId: string, name: string): sqs.Queue =>
      new sqs.Queue(this, queueId, {
        queueName: `${deployment.stage}-${name}`,
        retentionPeriod: Duration.days(14),
        encryption: sqs.QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        removalPolicy: dataRemoval(deployment),
      });
    this.deadLetters = queue('DeadLetters', 'dead-letters');
  }
}
