import { rm } from 'node:fs/promises';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamo } from '../../../../infra/local/dynamodb/dynamodb.ts';
import type { Resource } from '../../../../infra/local/service.ts';
import {
  type PlayedDynamo,
  playedDynamo,
  stringKeys,
  tableResource,
  temporaryFolder,
} from './played-dynamo.ts';

const byStatus = {
  IndexName: 'byStatus',
  KeySchema: [
    { AttributeName: 'status', KeyType: 'HASH' },
    { AttributeName: 'nextAttemptAt', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'ALL' },
};
const indexedAttributes = [
  ...stringKeys.AttributeDefinitions,
  { AttributeName: 'status', AttributeType: 'S' },
  { AttributeName: 'nextAttemptAt', AttributeType: 'N' },
];

describe('tables of the template', () => {
  let directory: string;
  let running: PlayedDynamo | undefined;
  beforeEach(async () => {
    directory = await temporaryFolder();
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    await rm(directory, { recursive: true });
  });

  async function restart(...tables: Resource[]): Promise<DynamoDBClient> {
    await running?.close();
    running = undefined;
    running = await playedDynamo({ directory, tables });
    return running.client;
  }
  const put = (client: DynamoDBClient, sk: string, nextAttemptAt: number) =>
    client.send(
      new PutItemCommand({
        TableName: 'dev-alerts',
        Item: {
          pk: { S: 'alert' },
          sk: { S: sk },
          status: { S: 'pending' },
          nextAttemptAt: { N: String(nextAttemptAt) },
        },
      }),
    );
  const pending = async (client: DynamoDBClient) => {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'dev-alerts',
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':pending': { S: 'pending' } },
      }),
    );
    return Items?.map(({ sk }) => sk?.S);
  };

  it('are there from the start and keep their items over restarts', async () => {
    const table = tableResource('dev-state', stringKeys);
    const client = await restart(table);
    const Item = { pk: { S: 'a' }, sk: { S: 'b' } };
    await client.send(new PutItemCommand({ TableName: 'dev-state', Item }));
    const again = await restart(table);
    const found = await again.send(new GetItemCommand({ TableName: 'dev-state', Key: Item }));
    expect(found.Item).toEqual(Item);
    const { Table } = await again.send(new DescribeTableCommand({ TableName: 'dev-state' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/dev-state',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
  });

  it('take the properties of a GlobalTable and the text numbers of a template', async () => {
    const client = await restart(
      {
        ...tableResource('dev-global', { ...stringKeys, Replicas: [{ Region: 'us-east-1' }] }),
        type: 'AWS::DynamoDB::GlobalTable',
      },
      tableResource('dev-provisioned', {
        ...stringKeys,
        BillingMode: undefined,
        ProvisionedThroughput: { ReadCapacityUnits: '2', WriteCapacityUnits: 1 },
      }),
    );
    const describeTable = async (TableName: string) =>
      (await client.send(new DescribeTableCommand({ TableName }))).Table;
    expect(await describeTable('dev-global')).toMatchObject({ TableStatus: 'ACTIVE' });
    expect(await describeTable('dev-provisioned')).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 2 },
    });
  });

  it('get a new index filled from their items, and lose one no longer named', async () => {
    const plain = tableResource('dev-alerts', stringKeys);
    const indexed = tableResource('dev-alerts', {
      ...stringKeys,
      AttributeDefinitions: indexedAttributes,
      GlobalSecondaryIndexes: [byStatus],
    });
    const before = await restart(plain);
    for (let at = 1199; at >= 0; at--) await put(before, String(at).padStart(4, '0'), at);

    const after = await restart(indexed);
    const sortKeys = await pending(after);
    expect(sortKeys).toHaveLength(1200);
    expect(sortKeys?.slice(0, 3)).toEqual(['0000', '0001', '0002']);
    await put(after, 'later', 5000);
    expect((await pending(after))?.at(-1)).toBe('later');

    const without = await restart(plain);
    await expect(pending(without)).rejects.toThrow(/does not have the specified index/);
    await put(without, 'unseen', 1);
    const again = await restart(indexed);
    expect(await pending(again)).toContain('unseen');
    expect(await pending(again)).toHaveLength(1202);
  });

  it('follow the template’s time to live', async () => {
    const status = async (client: DynamoDBClient) => {
      const command = new DescribeTimeToLiveCommand({ TableName: 'dev-state' });
      return (await client.send(command)).TimeToLiveDescription;
    };
    const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    const table = tableResource('dev-state', { ...stringKeys, TimeToLiveSpecification });
    expect(await status(await restart(table))).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
    const off = await restart(tableResource('dev-state', stringKeys));
    expect(await status(off)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  it('with a secondary index are refused in a transaction, with the reason', async () => {
    const client = await restart(
      tableResource('dev-alerts', {
        ...stringKeys,
        AttributeDefinitions: indexedAttributes,
        GlobalSecondaryIndexes: [byStatus],
      }),
    );
    const Item = { pk: { S: 'a' }, sk: { S: 'b' } };
    const TransactItems = [{ Put: { TableName: 'dev-alerts', Item } }];
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toThrow(
      /Cannot write table dev-alerts in a transaction.*received indexes byStatus/,
    );
  });

  it('refuse other keys under the same name', async () => {
    await restart(tableResource('dev-state', stringKeys));
    const other = tableResource('dev-state', {
      ...stringKeys,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    });
    await expect(restart(other)).rejects.toThrow(
      /Cannot update table dev-state: its keys and local indexes cannot change/,
    );
  });

  it.each([
    ['a stream', { ...stringKeys, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }],
    ['no key', { BillingMode: 'PAY_PER_REQUEST' }],
  ])('refuse to be played with %s', async (_name, properties) => {
    await expect(restart(tableResource('dev-odd', properties))).rejects.toThrow(
      /^Cannot play table dev-odd: /,
    );
  });

  it('belong to one process at a time', async () => {
    await restart(tableResource('dev-state', stringKeys));
    await expect(createDynamo({ directory, tables: [], now: Date.now })).rejects.toThrow(
      /Cannot open the tables of the local DynamoDB: another process may be using them/,
    );
  });
});
