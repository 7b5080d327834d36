import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Settings } from '../../shared/config/settings.ts';
import { putRecords } from '../../shared/kinesis/put-records.ts';
import { KinesisShardReader } from '../../shared/kinesis/shard-reader.ts';
import { DynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import type { EngineParts } from '../../shared/stream/parts.ts';
import { deployedSettings } from '../deployed-settings.ts';
import { localClient } from '../local-client.ts';
import { readLocalEndpoint } from '../local-endpoint.ts';
import type { Place } from '../options/place.ts';

/** What the commands about jobs work with: the engine's own store and streams. */
export interface JobsCloud extends EngineParts {
  /** For people. */
  readonly name: string;
  readonly stage: string;
  /** Those its functions run by. */
  readonly settings: Settings;
  /** Where the local cloud answers; undefined: AWS. */
  readonly url: string | undefined;
  /** Puts records into the stream `insights`. */
  putInsights(records: readonly PutRecordsRequestEntry[]): Promise<void>;
  close(): void;
}

/** That of `AWS_ENDPOINT_URL`, of AWS itself, or the running local cloud. */
export async function connectJobsCloud(options: Place): Promise<JobsCloud> {
  const place = await placeOf(options);
  const client = place.url === undefined ? {} : localClient(place.url);
  const dynamo = new DynamoDBClient(client);
  const kinesis = new KinesisClient({ ...client, requestHandler: new NodeHttpHandler() });
  const { stage } = place;
  const streamNames = {
    'shop-changes': `${stage}-shop-changes`,
    clickstream: `${stage}-clickstream`,
    insights: `${stage}-insights`,
  };
  const now = (): number => Date.now();
  return {
    ...place,
    settings: await deployedSettings(options),
    store: new DynamoDbStore(dynamo, { state: `${stage}-state`, results: `${stage}-results` }),
    shards: new KinesisShardReader(kinesis, streamNames, now),
    now,
    backOff: (attempt) => sleep(Math.min(1_000, 5 * 2 ** attempt) * Math.random()),
    putInsights: (records) =>
      putRecords(kinesis, streamNames.insights, records, { sleep, random: Math.random }),
    close() {
      dynamo.destroy();
      kinesis.destroy();
    },
  };
}

/** Where the cloud of these options answers. */
export async function placeOf({ aws, stage, data }: Place) {
  if (aws) return { name: `stage ${stage ?? 'dev'} on AWS`, stage: stage ?? 'dev', url: undefined };
  const url = process.env['AWS_ENDPOINT_URL'];
  if (url !== undefined) return { name: url, stage: stage ?? 'dev', url };
  const local = await readLocalEndpoint(data, stage);
  return { name: 'the local cloud', stage: local.stage, url: local.awsUrl };
}
