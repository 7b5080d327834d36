import { type AwsCall, AwsError } from '../service.ts';
import { type FauxqsMethod, fauxqsMethods } from './fauxqs.ts';

/** What a request to S3 is about. */
export interface S3Target {
  readonly method: FauxqsMethod;
  /** Empty for the list of buckets. */
  readonly bucket: string;
  /** Decoded; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Path and query with the bucket in the path, as fauxqs takes it. */
  readonly url: string;
}

/** What fauxqs plays of S3; with any other it would take, say, an object's tags for its content. */
const playedParameters = new Set([
  ...['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after'],
  ...['marker', 'encoding-type', 'fetch-owner', 'delete', 'lifecycle'],
  ...['uploads', 'uploadId', 'partNumber', 'attributes', 'x-id'],
]);
const playedPrefixes = ['X-Amz-', 'response-'];

/** Reads a request in path style, or with the bucket in front of the host name. */
export function s3Target({ method, path, headers }: Pick<AwsCall, 'method' | 'path' | 'headers'>) {
  const known = fauxqsMethods.find((name) => name === method);
  if (known === undefined) {
    throw new AwsError('MethodNotAllowed', `Cannot play method: received ${method}`, 405);
  }
  const { pathname, search, searchParams } = new URL(path, 'http://localhost');
  const inHost = bucketOfHost(headers['host'] ?? '');
  const wholePath = inHost === undefined ? pathname : `/${inHost}${pathname}`;
  const [, bucket = '', ...rest] = wholePath.split('/');
  const target: S3Target = {
    method: known,
    bucket,
    key: decoded(rest.join('/')),
    query: searchParams,
    url: wholePath + search,
  };
  refuseUnplayed(target);
  return target;
}

/** `bucket.localhost:4601` names a bucket; an address or a plain name does not. */
function bucketOfHost(host: string): string | undefined {
  const [name = ''] = host.split(':');
  if (!name.includes('.') || /^\d+(\.\d+){3}$/.test(name)) return undefined;
  return name.slice(0, name.indexOf('.'));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', `Cannot read key: received ${path}`);
  }
}

function refuseUnplayed({ query, method, bucket, key }: S3Target): void {
  for (const name of query.keys()) {
    if (playedParameters.has(name) || playedPrefixes.some((each) => name.startsWith(each)))
      continue;
    throw new AwsError(
      'NotImplemented',
      `Cannot play request: the local S3 does not know this parameter: received ${name} with ${method} /${bucket}/${key}`,
      501,
    );
  }
}
