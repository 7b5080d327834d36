import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../../../infra/local/service.ts';
import { bucketResource, queueResource, type TestStorage, testStorage } from './played-storage.ts';

const bucketArn = 'arn:aws:s3:::dev-lake';
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:dev-dead-letters';
const role = {
  stack: 'Shop-dev-App',
  logicalId: 'Role',
  type: 'AWS::IAM::Role',
  ref: 'dev-role',
  attributes: {},
  properties: {
    Policies: [
      {
        PolicyName: 'storage',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 's3:PutObject', Resource: `${bucketArn}/bronze/*` },
            { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: queueArn },
          ],
        },
      },
    ],
  },
};

let test: TestStorage;
beforeAll(async () => {
  test = await testStorage({
    buckets: [bucketResource('dev-lake')],
    queues: [queueResource('dev-dead-letters')],
    roles: [role],
  });
});
afterAll(() => test.close());

function call(service: string, more: Partial<AwsCall>): AwsCall {
  return {
    service,
    operation: undefined,
    method: 'GET',
    path: '/',
    headers: { host: '127.0.0.1:4601' },
    body: Buffer.alloc(0),
    principal: { accessKeyId: 'role', roleName: 'dev-role' },
    ...more,
  };
}

describe('S3 permissions', () => {
  const object = `${bucketArn}/bronze/a b`;
  it.each<[string, string, string[][], Record<string, string>?]>([
    ['GET', '/', [['s3:ListAllMyBuckets', '*']]],
    ['GET', '/dev-lake?list-type=2&prefix=a', [['s3:ListBucket', bucketArn]]],
    ['GET', '/dev-lake/?list-type=2', [['s3:ListBucket', bucketArn]]],
    ['PUT', '/dev-lake', [['s3:CreateBucket', bucketArn]]],
    ['DELETE', '/dev-lake', [['s3:DeleteBucket', bucketArn]]],
    ['GET', '/dev-lake/bronze/a%20b', [['s3:GetObject', object]]],
    ['HEAD', '/dev-lake/bronze/a%20b', [['s3:GetObject', object]]],
    ['PUT', '/dev-lake/bronze/a%20b?x-id=PutObject', [['s3:PutObject', object]]],
    ['PUT', '/dev-lake/bronze/a%20b?partNumber=1&uploadId=u', [['s3:PutObject', object]]],
    ['POST', '/dev-lake/bronze/a%20b?uploads', [['s3:PutObject', object]]],
    ['DELETE', '/dev-lake/bronze/a%20b', [['s3:DeleteObject', object]]],
    ['DELETE', '/dev-lake/bronze/a%20b?uploadId=u', [['s3:AbortMultipartUpload', object]]],
    [
      'PUT',
      '/dev-lake/bronze/a%20b',
      [
        ['s3:PutObject', object],
        ['s3:GetObject', 'arn:aws:s3:::other/from here'],
      ],
      { 'x-amz-copy-source': '/other/from%20here' },
    ],
    ['GET', '/bronze/a%20b', [['s3:GetObject', object]], { host: 'dev-lake.localhost.test:4601' }],
  ])('%s %s needs %j', (method, path, expected, headers = {}) => {
    expect(test.storage.s3.permissions(call('s3', { method, path, headers }))).toEqual(
      expected.map(([action, resource]) => ({ action, resource })),
    );
  });

  it('asks for every key of a deletion of many', () => {
    const body = Buffer.from(
      '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>',
    );
    const deletion = call('s3', { method: 'POST', path: '/dev-lake?delete', body });
    expect(test.storage.s3.permissions(deletion)).toEqual([
      { action: 's3:DeleteObject', resource: `${bucketArn}/a&b` },
      { action: 's3:DeleteObject', resource: `${bucketArn}/c` },
    ]);
  });
});

describe('SQS permissions', () => {
  it.each([
    [
      'SendMessage',
      { QueueUrl: 'http://x/000000000000/dev-dead-letters' },
      'sqs:SendMessage',
      queueArn,
    ],
    ['SendMessageBatch', { QueueUrl: 'http://x/1/dev-dead-letters' }, 'sqs:SendMessage', queueArn],
    ['GetQueueUrl', { QueueName: 'dev-dead-letters' }, 'sqs:GetQueueUrl', queueArn],
    ['ListQueues', {}, 'sqs:ListQueues', '*'],
  ])('%s of %j needs %s on %s', (operation, request, action, resource) => {
    const body = Buffer.from(JSON.stringify(request));
    expect(test.storage.sqs.permissions(call('sqs', { operation, body }))).toEqual([
      { action, resource },
    ]);
  });
});

it('a role may do what it was granted, on what it was granted', async () => {
  const options = {
    ...test.front.client,
    credentials: test.front.credentialsFor('dev-role'),
  };
  const s3 = new S3Client(options);
  const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
  const put = (Key: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'dev-lake', Key, Body: 'x' }));
  await put('bronze/a');
  await expect(put('silver/a')).rejects.toMatchObject({ name: 'AccessDenied' });
  const QueueUrl = 'http://127.0.0.1:4601/000000000000/dev-dead-letters';
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  s3.destroy();
  sqs.destroy();
});
