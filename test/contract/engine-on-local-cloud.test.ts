import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { createRandom } from '../../shared/random/random.ts';
import { engineFeatures } from './engine/engine-features.ts';
import { KilledDynamo } from './engine/killed-dynamo.ts';

const deaths = 3;
const found = { whole: 0, absent: 0 };
const tables = { state: 'engine-state', results: 'engine-results' };

/** Its own process is killed as well, between what a transaction writes, and starts again. */
engineFeatures('the local cloud', async ({ seed }) => {
  const dynamo = await KilledDynamo.start(Object.values(tables), createRandom(seed), deaths);
  const { endpoint } = dynamo;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    client,
    endpoint,
    tables,
    examine() {
      const { reports } = dynamo;
      expect(reports.flatMap(({ torn }) => torn)).toEqual([]);
      expect(reports.length).toBeGreaterThan(1);
      for (const { whole, absent } of reports) {
        found.whole += whole;
        found.absent += absent;
      }
    },
    async close() {
      client.destroy();
      await dynamo.close();
    },
  };
});

it('the local cloud was killed with transactions on their way, some there and some not', () => {
  console.info(`Transactions cut short by a kill: ${JSON.stringify(found)}`);
  expect(found.whole).toBeGreaterThan(0);
  expect(found.absent).toBeGreaterThan(0);
});
