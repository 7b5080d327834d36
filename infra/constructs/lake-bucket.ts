import { Aws, Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';
import { lakePrefixes } from './lake-prefixes.ts';

/** The lake's bucket. Other stages than production must empty it before they can be destroyed. */
export class LakeBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, {
      bucketName: `${deployment.stage}-lake-${Aws.ACCOUNT_ID}`,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      removalPolicy: dataRemoval(deployment),
      lifecycleRules: [
        { id: 'query-results', prefix: lakePrefixes.queryResults, expiration: Duration.days(7) },
        { id: 'landing-errors', prefix: lakePrefixes.errors, expiration: Duration.days(30) },
        { id: 'broken-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
  }
}
