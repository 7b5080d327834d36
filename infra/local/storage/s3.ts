import { KeyLocks } from '../key-locks.ts';
import { type AwsCall, AwsError, type AwsReply, type PlayedService } from '../service.ts';
import type { Fauxqs } from './fauxqs.ts';
import { objectPath } from './object-path.ts';
import { keysToDelete, s3Permissions } from './s3-permissions.ts';
import { type S3Target, s3Target } from './s3-target.ts';

/** S3: fauxqs, with conditional writes added and refusals where it would misunderstand. */
export function s3Service(fauxqs: Fauxqs): Omit<PlayedService, 'close'> {
  const locks = new KeyLocks();
  return {
    signingName: 's3',
    permissions: (call) => s3Permissions(s3Target(call), call),
    async handle(call) {
      const target = s3Target(call);
      checkKeys(target, call);
      const held = writesObject(target) ? [`${target.bucket}/${target.key}`] : [];
      return locks.hold(held, () => {
        if (writesObject(target)) checkPreconditions(fauxqs, target, call);
        return forward(fauxqs, target, call);
      });
    },
  };
}

async function forward(fauxqs: Fauxqs, target: S3Target, call: AwsCall): Promise<AwsReply> {
  const { method, url } = target;
  const reply = await fauxqs.request({ method, url, headers: call.headers, body: call.body });
  const isFault = reply.status >= 400 && reply.headers['content-type']?.includes('json');
  if (isFault) {
    const code = reply.status < 500 ? 'InvalidRequest' : 'InternalError';
    throw new AwsError(code, `Cannot play ${method} ${url}: ${reply.body}`, reply.status);
  }
  return reply;
}

/** Before fauxqs derives a file's name from a key. */
function checkKeys(target: S3Target, call: AwsCall): void {
  const isDeletion = target.key === '' && target.query.has('delete');
  const keys = isDeletion ? keysToDelete(call.body) : [target.key].filter((key) => key !== '');
  for (const key of keys) objectPath(key);
}

/** PutObject, CopyObject and CompleteMultipartUpload. */
function writesObject({ method, key, query }: S3Target): boolean {
  if (key === '') return false;
  if (method === 'PUT') return !query.has('partNumber');
  return method === 'POST' && query.has('uploadId');
}

/** Conditional writes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function checkPreconditions({ s3 }: Fauxqs, { bucket, key }: S3Target, { headers }: AwsCall): void {
  const noneMatch = headers['if-none-match'];
  const match = headers['if-match'];
  if (noneMatch === undefined && match === undefined) return;
  const etag = existingTag(s3, bucket, key);
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new AwsError(
      'NotImplemented',
      `Cannot write object: If-None-Match takes * only: received ${noneMatch}`,
      501,
    );
  }
  if (match !== undefined && etag === undefined) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  const isUnmet =
    (noneMatch !== undefined && etag !== undefined) ||
    (match !== undefined && unquoted(match) !== unquoted(etag ?? ''));
  if (isUnmet) {
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
}

function existingTag(s3: Fauxqs['s3'], bucket: string, key: string): string | undefined {
  const { objects } = s3.listObjects(bucket, { prefix: key, maxKeys: 1 });
  return objects[0]?.key === key ? objects[0].etag : undefined;
}

function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
