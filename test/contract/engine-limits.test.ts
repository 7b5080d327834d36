import { DynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import { limitFeatures } from '../fixtures/worst-batches/limit-features.ts';
import { playedDynamo, stringKeys, tableResource } from '../infra/local/dynamodb/played-dynamo.ts';

const tables = { state: 'limits-state', results: 'limits-results' };

limitFeatures('in the local cloud over HTTP', 1_000, async () => {
  const dynamo = await playedDynamo({
    tables: Object.values(tables).map((name) => tableResource(name, stringKeys)),
  });
  return { store: new DynamoDbStore(dynamo.client, tables), close: () => dynamo.close() };
});
