import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToldCase } from '../../../functions/fraud-cases/read-case.ts';
import { storeCases } from '../../../functions/fraud-cases/store-cases.ts';
import type { FraudCase } from '../../../shared/events/fraud-case.ts';
import { queueIndex, queueName, readStoredCase } from '../../../shared/fraud/stored-case.ts';
import { fraudCase, startFraudCases } from '../../fixtures/fraud-cases.ts';

let table: Awaited<ReturnType<typeof startFraudCases>>;

beforeAll(async () => {
  table = await startFraudCases();
});
afterAll(() => table.stop());

const told = (
  orderId: string,
  revision: number,
  over: Partial<FraudCase> = {},
  generation = 1,
): ToldCase => ({
  generation,
  revision,
  data: fraudCase(orderId, over),
});
const store = (...cases: readonly ToldCase[]) => storeCases(table, cases, () => 1_000_000);

async function queued(queue: string) {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: queueIndex,
      KeyConditionExpression: '#queue = :queue',
      ExpressionAttributeNames: { '#queue': 'queue' },
      ExpressionAttributeValues: marshall({ ':queue': queue }),
    }),
  );
  return Items.map((item) => readStoredCase(unmarshall(item)));
}
const openReviews = queueName('review', 'open');
const stored = async (orderId: string, queue = openReviews) =>
  (await queued(queue)).find((one) => one.orderId === orderId);

describe('storeCases()', () => {
  it('keeps the highest revision, however batches come and come again', async () => {
    const first = [told('1', 1, { at: 'order' }), told('2', 1), told('1', 2)];
    expect(await store(...first)).toHaveLength(2);
    expect(await store(...first)).toEqual([]);
    expect(await store(told('1', 1))).toEqual([]);
    expect(await stored('1')).toMatchObject({
      revision: 2,
      at: 'payment',
      features: { device_customers_30d: 4 },
    });
  });

  it('lets a generation that was swapped in begin anew, and none before it', async () => {
    await store(told('3', 9));
    expect(await store(told('3', 1, { score: 0.8 }, 2))).toHaveLength(1);
    expect(await store(told('3', 10))).toEqual([]);
    expect(await stored('3')).toMatchObject({ generation: 2, revision: 1, score: 0.8 });
  });

  it('goes on with the generation before when that is swapped back', async () => {
    await store(told('6', 9, { atMs: 2_000 }));
    await store(told('6', 1, { atMs: 3_000 }, 2));
    expect(await store(told('6', 10, { atMs: 3_000 }))).toEqual([]);
    expect(await store(told('6', 11, { atMs: 4_000, score: 0.7 }))).toHaveLength(1);
    expect(await stored('6')).toMatchObject({ generation: 1, revision: 11, score: 0.7 });
  });

  it('keeps the features of the last revision that has any, in whatever order they come', async () => {
    const verdict = { at: 'review', features: null } as const;
    await store(
      told('7', 3, verdict),
      told('7', 2, { features: { card_fraud_30d: 2 } }),
      told('7', 1, { features: { card_fraud_30d: 1 } }),
    );
    expect(await stored('7')).toMatchObject({ revision: 3, features: { card_fraud_30d: 2 } });
  });

  it('keeps what an order was judged by where a verdict comes after the job has forgotten it', async () => {
    const review = { verdict: 'fraud', source: 'chargeback', atMs: 9_000 } as const;
    const unjudged: Partial<FraudCase> = {
      ...{ at: 'review', atMs: 9_000, review, decision: 'allow', decidedBy: 'default' },
      ...{ score: null, modelVersion: null, reasons: [], ruleHits: [], checkout: null },
      features: null,
    };
    await store(told('8', 3));
    expect(await store(told('8', 1_001, unjudged))).toHaveLength(1);
    expect(await stored('8')).toBeUndefined();
    expect(await stored('8', queueName('review', 'fraud'))).toMatchObject({
      ...{ revision: 1_001, at: 'review', atMs: 9_000, review, score: 0.42, decidedBy: 'model' },
      ...{ ruleHits: [{ rule: 'shared-device' }], features: { device_customers_30d: 4 } },
    });
    expect(await store(told('8', 1_001, unjudged))).toEqual([]);
    // Of an order that nobody judged it is all there is to know.
    expect(await store(told('9', 1, unjudged))).toHaveLength(1);
  });

  it('moves a case from queue to queue, and out of them where an order is allowed', async () => {
    const review = { verdict: 'legitimate', source: 'operator', atMs: 3_000 } as const;
    await store(told('4', 1));
    expect(await stored('4')).toBeDefined();
    await store(told('4', 2, { at: 'review', review, features: null }));
    expect(await stored('4')).toBeUndefined();
    expect(await stored('4', queueName('review', 'legitimate'))).toMatchObject({
      review,
      features: { device_customers_30d: 4 },
    });
    await store(told('4', 3, { decision: 'allow', checkout: null, review }));
    expect(await stored('4', queueName('review', 'legitimate'))).toBeUndefined();
  });

  it('queues by what the shop did at checkout where that was graver', async () => {
    const checkout = { decision: 'block', basis: 'rules', score: null, atMs: 2_000 } as const;
    await store(told('5', 1, { decision: 'allow', checkout }));
    expect(await stored('5', queueName('block', 'open'))).toMatchObject({ decision: 'allow' });
  });
});
