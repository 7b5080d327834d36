import { Duration, Size } from 'aws-cdk-lib';
import type * as glue from 'aws-cdk-lib/aws-glue';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type LakeDataSet, partitionNames } from '../../shared/lake/data-sets.ts';
import type { Deployment } from '../deployment.ts';
import { lakePrefixes } from './lake-prefixes.ts';
import { ShopLogGroup } from './shop-log-group.ts';

export interface LakeDeliveryProps {
  readonly deployment: Deployment;
  readonly dataSet: LakeDataSet;
  readonly bucket: s3.IBucket;
  /**
   * Table whose schema the Parquet files follow.
   * @default - the rows are written as they come, as lines of JSON
   */
  readonly schema?: glue.CfnTable;
}

/**
 * Lands the rows of one data set. A record packs many rows of JSON, since each one is billed as at
 * least 5 KB; Firehose takes them apart, files each under its own `_partition`, and writes Parquet.
 */
export class LakeDelivery extends Construct {
  readonly stream: firehose.DeliveryStream;

  constructor(scope: Construct, id: string, props: LakeDeliveryProps) {
    super(scope, id);
    const { deployment, dataSet, bucket, schema } = props;
    const name = `${deployment.stage}-${dataSet.name}`;
    const logGroup = new ShopLogGroup(this, 'Logs', deployment, `/aws/kinesisfirehose/${name}`);
    this.stream = new firehose.DeliveryStream(this, 'Stream', {
      deliveryStreamName: name,
      encryption: firehose.StreamEncryption.awsOwnedKey(),
      destination: new firehose.S3Bucket(bucket, {
        ...(schema ? partitionedParquet(dataSet, schema) : linesOfJson(dataSet)),
        errorOutputPrefix: `${lakePrefixes.errors}${dataSet.name}/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
        bufferingInterval: Duration.seconds(60),
        // The least that dynamic partitioning and format conversion take.
        bufferingSize: Size.mebibytes(64),
        loggingConfig: new firehose.EnableLogging(logGroup),
      }),
    });
  }
}

function partitionedParquet(dataSet: LakeDataSet, schema: glue.CfnTable): firehose.S3BucketProps {
  const names = partitionNames(dataSet);
  const folders = names.map((name) => `${name}=!{partitionKeyFromQuery:${name}}/`);
  const fields = names.map((name) => [name, name === 'type' ? '.type' : '._partition']);
  return {
    dataOutputPrefix: `${lakePrefixes.bronze(dataSet)}${folders.join('')}`,
    dynamicPartitioning: { enabled: true, retryDuration: Duration.minutes(5) },
    processors: [
      firehose.RecordDeAggregationProcessor.json(),
      firehose.MetadataExtractionProcessor.jq16(Object.fromEntries(fields)),
    ],
    dataFormatConversion: {
      schemaConfiguration: firehose.SchemaConfiguration.fromCfnTable(schema),
      inputFormat: firehose.InputFormat.OPENX_JSON,
      outputFormat: new firehose.ParquetOutputFormat({
        compression: firehose.ParquetCompression.SNAPPY,
      }),
    },
  };
}

function linesOfJson(dataSet: LakeDataSet): firehose.S3BucketProps {
  return { dataOutputPrefix: lakePrefixes.bronze(dataSet) };
}
