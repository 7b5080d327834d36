import { AthenaClient } from '@aws-sdk/client-athena';

/**
 * A client of Athena: of AWS, with region and credentials as the environment has them, or of the
 * local cloud at `localUrl`, which needs neither.
 */
export function athenaClient(localUrl?: string): AthenaClient {
  if (localUrl === undefined) return new AthenaClient({});
  return new AthenaClient({
    endpoint: localUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}
