import type { AwsCall, Permission } from '../service.ts';
import type { S3Target } from './s3-target.ts';

/** What each request needs. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export function s3Permissions(target: S3Target, call: AwsCall): readonly Permission[] {
  if (target.bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  return target.key === '' ? bucketPermissions(target, call) : objectPermissions(target, call);
}

function bucketPermissions(target: S3Target, call: AwsCall): readonly Permission[] {
  const resource = `arn:aws:s3:::${target.bucket}`;
  if (target.query.has('delete')) {
    return keysToDelete(call.body).map((key) => ({
      action: 's3:DeleteObject',
      resource: `${resource}/${key}`,
    }));
  }
  if (target.query.has('lifecycle')) {
    const verb = target.method === 'GET' ? 'Get' : 'Put';
    return [{ action: `s3:${verb}LifecycleConfiguration`, resource }];
  }
  const actions = { PUT: 'CreateBucket', DELETE: 'DeleteBucket', POST: 'PutObject' } as const;
  if (target.method === 'GET' || target.method === 'HEAD') {
    return [{ action: 's3:ListBucket', resource }];
  }
  return [{ action: `s3:${actions[target.method]}`, resource }];
}

function objectPermissions(target: S3Target, call: AwsCall): readonly Permission[] {
  const resource = `arn:aws:s3:::${target.bucket}/${target.key}`;
  switch (target.method) {
    case 'GET':
    case 'HEAD':
      return [{ action: 's3:GetObject', resource }];
    case 'DELETE': {
      const isUpload = target.query.has('uploadId');
      return [{ action: isUpload ? 's3:AbortMultipartUpload' : 's3:DeleteObject', resource }];
    }
    case 'PUT':
    case 'POST':
      return [{ action: 's3:PutObject', resource }, ...sourcePermissions(call)];
  }
}

/** A copy reads its source. */
function sourcePermissions({ headers }: AwsCall): readonly Permission[] {
  const source = headers['x-amz-copy-source'];
  if (source === undefined) return [];
  const path = decodeURIComponent(source).replace(/^\//, '');
  return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${path}` }];
}

const xmlCharacters: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

/** The keys of a DeleteObjects request. */
export function keysToDelete(body: Buffer): readonly string[] {
  const keys = body.toString('utf8').matchAll(/<Key>([\s\S]*?)<\/Key>/g);
  return [...keys].map(([, key = '']) =>
    key.replace(/&(amp|lt|gt|quot|apos);/g, (entity) => xmlCharacters[entity] ?? entity),
  );
}
