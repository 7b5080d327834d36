import type * as glue from 'aws-cdk-lib/aws-glue';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { lakeDataSets } from '../../shared/lake/data-sets.ts';
import type { Deployment } from '../deployment.ts';
import { LakeDelivery } from './lake-delivery.ts';

export interface LakeDeliveriesProps {
  readonly deployment: Deployment;
  readonly data: {
    readonly lake: s3.IBucket;
    readonly lakeTables: ReadonlyMap<string, glue.CfnTable>;
  };
}

/** One delivery stream for each data set of the lake. */
export class LakeDeliveries extends Construct {
  readonly #deliveries: readonly LakeDelivery[];

  constructor(scope: Construct, id: string, { deployment, data }: LakeDeliveriesProps) {
    super(scope, id);
    this.#deliveries = lakeDataSets.map((dataSet) => {
      const schema = data.lakeTables.get(dataSet.name);
      return new LakeDelivery(this, dataSet.name, {
        deployment,
        dataSet,
        bucket: data.lake,
        ...(schema && { schema }),
      });
    });
  }

  grantPut(grantee: iam.IGrantable): void {
    for (const { stream } of this.#deliveries) stream.grant(grantee, 'firehose:PutRecordBatch');
  }
}
