import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DmsCapture } from '../constructs/dms-capture.ts';
import type { Deployment } from '../deployment.ts';
import type { DataStack, ShopData } from './data-stack.ts';

export interface CaptureStackProps {
  readonly deployment: Deployment;
  readonly data: DataStack;
  readonly shop: ShopData;
}

/** The change capture, apart from the rest since it costs by the hour and can go and come back. */
export class CaptureStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, data, shop }: CaptureStackProps) {
    super(scope, id, { description: 'Shop: change capture' });
    const capture = new DmsCapture(this, 'Capture', {
      deployment,
      ...shop,
      stream: data.streams.shopChanges,
    });
    const serverless = deployment.capture === 'serverless';
    new CfnOutput(this, serverless ? 'ReplicationConfigArn' : 'ReplicationTaskArn', {
      value: capture.replicationArn,
    });
  }
}
