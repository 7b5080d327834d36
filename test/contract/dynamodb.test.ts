import { it } from 'vitest';
import { dynamodbFeatures } from './dynamodb-features.ts';
import { javaVersion, startDynamoDbLocal } from './dynamodb-local.ts';

/** The same suite holds for the local cloud in `test/infra/local/dynamodb/dynamodb.test.ts`. */
if (javaVersion === undefined) {
  console.warn('Skipped: DynamoDB Local by Amazon needs Java 17 or newer on the PATH');
  it.skip('DynamoDB features of DynamoDB Local by Amazon: needs Java 17 or newer');
} else {
  dynamodbFeatures('DynamoDB Local by Amazon', startDynamoDbLocal);
}
