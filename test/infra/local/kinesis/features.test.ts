import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { createKinesis } from '../../../../infra/local/kinesis/kinesis.ts';
import { kinesisFeatures } from '../../../contract/kinesis-features.ts';
import { serveAws } from '../../../fixtures/aws-endpoint.ts';

kinesisFeatures('the local cloud', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kinesis-'));
  const kinesis = await createKinesis({ directory, streams: [], consumers: [], now: Date.now });
  const aws = await serveAws([kinesis]);
  const client = new KinesisClient(aws.client);
  return {
    client,
    async close() {
      client.destroy();
      await aws.close();
      await kinesis.close();
      await rm(directory, { recursive: true });
    },
  };
});
