import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamo } from '../../../../infra/local/dynamodb/dynamodb.ts';
import type { PlayedService, Resource } from '../../../../infra/local/service.ts';
import { serveAws } from '../../../fixtures/aws-endpoint.ts';

export interface PlayedDynamo {
  readonly service: PlayedService;
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'dynamodb-'));
}

/** The local DynamoDB with a client of the real SDK; removes its data unless told where to keep it. */
export async function playedDynamo(
  options: {
    readonly directory?: string;
    readonly tables?: readonly Resource[];
    readonly now?: () => number;
    readonly sweepIntervalMs?: number;
  } = {},
): Promise<PlayedDynamo> {
  const directory = options.directory ?? (await temporaryFolder());
  const service = await createDynamo({ tables: [], now: Date.now, ...options, directory });
  const front = await serveAws([service]);
  const client = new DynamoDBClient(front.client);
  return {
    service,
    client,
    async close() {
      client.destroy();
      await front.close();
      await service.close();
      if (options.directory === undefined) await rm(directory, { recursive: true });
    },
  };
}

export function tableResource(name: string, properties: object): Resource {
  return {
    stack: 'Shop-dev-Data',
    logicalId: name.replaceAll('-', ''),
    type: 'AWS::DynamoDB::Table',
    ref: name,
    attributes: {},
    properties: { TableName: name, ...properties },
  };
}

/** Keys of every table of this project: `pk` and `sk`, both strings. */
export const stringKeys = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
} as const;
