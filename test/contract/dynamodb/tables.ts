import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

export const table = 'contract-plain';
export const indexed = 'contract-indexed';

/** A plain table and one with a global secondary index. */
export async function createTables(client: DynamoDBClient): Promise<void> {
  const keys = {
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  } as const;
  const strings = (...names: string[]) =>
    names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }) as const);
  await client.send(
    new CreateTableCommand({
      ...keys,
      TableName: table,
      KeySchema: [...keys.KeySchema],
      AttributeDefinitions: strings('pk', 'sk'),
    }),
  );
  await client.send(
    new CreateTableCommand({
      ...keys,
      TableName: indexed,
      KeySchema: [...keys.KeySchema],
      AttributeDefinitions: [
        ...strings('pk', 'sk', 'state'),
        { AttributeName: 'dueAt', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byState',
          KeySchema: [
            { AttributeName: 'state', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
}
