import { localRegion } from '../../../infra/local/service.ts';

/** What a client of the AWS SDK needs to call the local cloud as its owner. */
export function clientOptions(awsUrl: string) {
  return {
    endpoint: awsUrl,
    region: localRegion,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}
