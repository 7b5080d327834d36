import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { DynamoCalls } from './dynamodb/dynamo-calls.ts';
import { itemFeatures } from './dynamodb/item-features.ts';
import { tableFeatures } from './dynamodb/table-features.ts';
import { createTables } from './dynamodb/tables.ts';
import { transactionFeatures } from './dynamodb/transaction-features.ts';

export interface DynamoFactory {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/** What this project relies on in DynamoDB; holds for every implementation of it. */
export function dynamodbFeatures(name: string, start: () => Promise<DynamoFactory>): void {
  describe(`DynamoDB features of ${name}`, () => {
    const calls = new DynamoCalls();
    let dynamo: DynamoFactory;

    beforeAll(async () => {
      dynamo = await start();
      calls.use(dynamo.client);
      await createTables(dynamo.client);
    });
    afterAll(async () => dynamo?.close());

    transactionFeatures(calls);
    itemFeatures(calls);
    tableFeatures(calls);
  });
}
