import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, it } from 'vitest';
import { stringKeys } from '../infra/local/dynamodb/played-dynamo.ts';
import { javaVersion, startDynamoDbLocal } from './dynamodb-local.ts';
import { engineFeatures } from './engine/engine-features.ts';

if (javaVersion === undefined) {
  console.warn('Skipped: DynamoDB Local by Amazon needs Java 17 or newer on the PATH');
  it.skip('the engine on DynamoDB Local by Amazon: needs Java 17 or newer');
} else {
  let local: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
  });
  afterAll(() => local?.close());

  engineFeatures('DynamoDB Local by Amazon', async ({ seed }) => {
    const tables = { state: `engine-${seed}-state`, results: `engine-${seed}-results` };
    const { endpoint } = local;
    const client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      // It keeps the tables of each access key apart.
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    for (const TableName of Object.values(tables)) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: stringKeys.BillingMode,
          KeySchema: [...stringKeys.KeySchema],
          AttributeDefinitions: [...stringKeys.AttributeDefinitions],
        }),
      );
    }
    const close = async () => {
      for (const TableName of Object.values(tables)) {
        await client.send(new DeleteTableCommand({ TableName }));
      }
      client.destroy();
    };
    return { client, endpoint, tables, close };
  });
}
