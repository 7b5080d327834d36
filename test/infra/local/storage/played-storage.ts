import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Resource } from '../../../../infra/local/service.ts';
import { createStorage, type PlayedStorage } from '../../../../infra/local/storage.ts';
import { type AwsEndpoint, serveAws } from '../../../fixtures/aws-endpoint.ts';

export interface TestStorage {
  readonly storage: PlayedStorage;
  readonly front: AwsEndpoint;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  close(): Promise<void>;
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'storage-'));
}

/** S3 and SQS behind the gateway, with clients of the real SDK. */
export async function testStorage(
  options: {
    readonly directory?: string;
    readonly buckets?: readonly Resource[];
    readonly queues?: readonly Resource[];
    readonly roles?: readonly Resource[];
    readonly publicUrl?: string;
  } = {},
): Promise<TestStorage> {
  const directory = options.directory ?? (await temporaryFolder());
  const storage = await createStorage({
    directory,
    buckets: options.buckets ?? [bucketResource('dev-lake-000000000000')],
    queues: options.queues ?? [],
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:4601',
  });
  const front = await serveAws([storage.s3, storage.sqs], options.roles);
  const s3 = new S3Client({ ...front.client, forcePathStyle: true });
  const sqs = new SQSClient({ ...front.client, useQueueUrlAsEndpoint: false });
  return {
    storage,
    front,
    s3,
    sqs,
    async close() {
      s3.destroy();
      sqs.destroy();
      await front.close();
      await storage.close();
      if (options.directory === undefined) await rm(directory, { recursive: true });
    },
  };
}

export function bucketResource(name: string, properties: object = {}): Resource {
  return resource('AWS::S3::Bucket', name, { BucketName: name, ...properties });
}

export function queueResource(name: string, properties: object = {}): Resource {
  return resource('AWS::SQS::Queue', name, { QueueName: name, ...properties });
}

function resource(type: string, name: string, properties: object): Resource {
  const logicalId = name.replaceAll('-', '');
  return { stack: 'Shop-dev-Data', logicalId, type, ref: name, attributes: {}, properties };
}
