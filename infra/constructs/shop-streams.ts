import { Duration } from 'aws-cdk-lib';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';

/** The three streams: changes of the shop's tables, clicks, and what the jobs found. */
export class ShopStreams extends Construct {
  readonly shopChanges: kinesis.Stream;
  readonly clickstream: kinesis.Stream;
  readonly insights: kinesis.Stream;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const stream = (streamId: string, name: string): kinesis.Stream =>
      new kinesis.Stream(this, streamId, {
        streamName: `${deployment.stage}-${name}`,
        ...(deployment.streamMode === 'on-demand'
          ? { streamMode: kinesis.StreamMode.ON_DEMAND }
          : { streamMode: kinesis.StreamMode.PROVISIONED, shardCount: 1 }),
        encryption: kinesis.StreamEncryption.MANAGED,
        // How long readers may be down before records are lost to them; beyond a day it costs more.
        retentionPeriod: deployment.production ? Duration.days(7) : Duration.days(1),
        removalPolicy: dataRemoval(deployment),
      });
    this.shopChanges = stream('ShopChanges', 'shop-changes');
    this.clickstream = stream('Clickstream', 'clickstream');
    this.insights = stream('Insights', 'insights');
  }
}
