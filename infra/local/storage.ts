import { readFile } from 'node:fs/promises';
import type { PutObject } from './put-object.ts';
import type { PlayedService, Resource } from './service.ts';
import { openFauxqs } from './storage/fauxqs.ts';
import { playBucket, playQueue } from './storage/play-resources.ts';
import { s3Service } from './storage/s3.ts';
import { sqsService } from './storage/sqs.ts';

export interface StorageOptions {
  /** Folder of the data: objects as files, queues in a database. */
  readonly directory: string;
  readonly buckets: readonly Resource[];
  readonly queues: readonly Resource[];
  /** The gateway's address, which the URLs of queues begin with. */
  readonly publicUrl: string;
}

export interface PlayedStorage {
  readonly s3: PlayedService;
  readonly sqs: PlayedService;
  /** The file an object's content is in, whether or not the object exists. */
  objectFile(bucket: string, key: string): string;
  /** The folder of a bucket's objects; the file of key `a/b` is `a/b.data` below it. */
  bucketFolder(bucket: string): string;
  /** Stores an object without a client between. */
  readonly putObject: PutObject;
  /** Closes both services. */
  close(): Promise<void>;
}

/** S3 and SQS on this machine. A crash leaves every object whole, old or new. */
export async function createStorage(options: StorageOptions): Promise<PlayedStorage> {
  const fauxqs = await openFauxqs(options.directory);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= fauxqs.close();
    return closing;
  };
  try {
    for (const bucket of options.buckets) playBucket(fauxqs, bucket);
    for (const queue of options.queues) playQueue(fauxqs, queue, options.publicUrl);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    s3: { ...s3Service(fauxqs), close },
    sqs: { ...sqsService(fauxqs, options.publicUrl), close },
    objectFile: (bucket, key) => fauxqs.files.objectFile(bucket, key),
    bucketFolder: (bucket) => fauxqs.files.bucketFolder(bucket),
    async putObject(bucket, key, content) {
      const body = content instanceof Uint8Array ? content : await readFile(content.file);
      fauxqs.s3.putObject(bucket, key, Buffer.from(body));
    },
    close,
  };
}
