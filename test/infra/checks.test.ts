import { CfnResource, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { synthesiseTemplates } from './templates.ts';

const mistakes: readonly [string, (stack: Stack) => unknown][] = [
  [
    'a stream is encrypted',
    (stack) =>
      new kinesis.Stream(stack, 'Open', { encryption: kinesis.StreamEncryption.UNENCRYPTED }),
  ],
  [
    'a bucket is reached by TLS only',
    (stack) => new s3.Bucket(stack, 'Plain', { enforceSSL: false }),
  ],
  [
    'a table can be restored to any second',
    (stack) =>
      new dynamodb.Table(stack, 'Lost', {
        partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      }),
  ],
  [
    'a log group forgets',
    (stack) => new logs.LogGroup(stack, 'Hoard', { retention: logs.RetentionDays.INFINITE }),
  ],
  [
    'a policy does not allow a whole service',
    (stack) =>
      new iam.ManagedPolicy(stack, 'Wide', {
        statements: [new iam.PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] })],
      }),
  ],
  [
    "'ShardCounts' was unexpected",
    (stack) =>
      new CfnResource(stack, 'Misspelt', {
        type: 'AWS::Kinesis::Stream',
        properties: { ShardCounts: 1, StreamEncryption: { EncryptionType: 'KMS', KeyId: 'key' } },
      }),
  ],
];

describe('synthesis fails unless', () => {
  test.each(mistakes)('%s', async (message, makeMistake) => {
    const synthesis = synthesiseTemplates({}, (app) => {
      makeMistake(new Stack(app, 'Mistaken'));
    });
    await expect(synthesis).rejects.toThrow(message);
  });
});
