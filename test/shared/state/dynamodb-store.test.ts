import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError, type AwsReply, type PlayedService } from '../../../infra/local/service.ts';
import { DynamoDbStore } from '../../../shared/state/dynamodb-store.ts';
import { RefusedError } from '../../../shared/stream/state-store.ts';
import { serveAws } from '../../fixtures/aws-endpoint.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { stateStoreFeatures } from './state-store-features.ts';

let cloud: PlayedCloud;
beforeAll(async () => {
  cloud = await playCloud();
});
afterAll(() => cloud.close());

stateStoreFeatures('DynamoDbStore', () => cloud.store);

/** A store on a DynamoDB that answers as it is told. */
async function withDynamo(
  answer: (operation: string, body: string) => AwsReply,
  test: (store: DynamoDbStore) => Promise<void>,
): Promise<void> {
  const service: PlayedService = {
    signingName: 'dynamodb',
    permissions: () => [],
    handle: async ({ operation = '', body }) => answer(operation, body.toString()),
    close: async () => {},
  };
  const endpoint = await serveAws([service]);
  const client = new DynamoDBClient({ ...endpoint.client, maxAttempts: 1 });
  try {
    await test(new DynamoDbStore(client, { state: 'dev-state', results: 'dev-results' }));
  } finally {
    client.destroy();
    await endpoint.close();
  }
}

function cancelled(...codes: readonly string[]): AwsReply {
  const body = {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    message: 'Transaction cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  };
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  };
}

const key = { table: 'state', pk: 'p', sk: 's' } as const;

describe('DynamoDbStore', () => {
  it.each([
    [['None', 'ConditionalCheckFailed']],
    [['TransactionConflict', 'None']],
    [['TransactionConflict', 'ConditionalCheckFailed']],
  ])('transact() takes %j for a refusal', async (codes) => {
    await withDynamo(
      () => cancelled(...codes),
      async (store) => {
        const attempt = store.transact([{ key, condition: { absent: true }, put: {} }]);
        await expect(attempt).rejects.toBeInstanceOf(RefusedError);
      },
    );
  });

  it.each([[['ThrottlingError']], [['None', 'ItemCollectionSizeLimitExceeded']], [['None']]])(
    'transact() leaves open what %j means',
    async (codes) => {
      await withDynamo(
        () => cancelled(...codes),
        async (store) => {
          const attempt = store.transact([{ key, condition: { absent: true }, put: {} }]);
          await expect(attempt).rejects.toThrow('Transaction cancelled');
          await expect(attempt).rejects.not.toBeInstanceOf(RefusedError);
        },
      );
    },
  );

  it('transact() makes a plain write of one without a condition, which costs half', async () => {
    const asked: string[] = [];
    await withDynamo(
      (operation) => {
        asked.push(operation);
        return { status: 200, body: '{}' };
      },
      async (store) => {
        await store.transact([{ key, put: {} }]);
        await store.transact([{ key, condition: { absent: true }, put: {} }]);
        await store.transact([
          { key, put: {} },
          { key: { ...key, sk: 't' }, put: {} },
        ]);
      },
    );
    expect(asked).toEqual(['PutItem', 'TransactWriteItems', 'TransactWriteItems']);
  });

  it('transact() passes any other error on', async () => {
    await withDynamo(
      () => {
        throw new AwsError('InternalServerError', 'on fire', 500);
      },
      async (store) => {
        await expect(
          store.transact([{ key, condition: { absent: true }, put: {} }]),
        ).rejects.toThrow('on fire');
      },
    );
  });

  it('get() asks once for all that is wanted in one moment', async () => {
    const asked: string[] = [];
    const stored = { pk: { S: 'p' }, sk: { S: 's' }, n: { N: '1' } };
    await withDynamo(
      (operation, body) => {
        asked.push(operation);
        if (operation === 'GetItem') return { status: 200, body: JSON.stringify({ Item: stored }) };
        expect(JSON.parse(body).RequestItems['dev-state']).toEqual({
          Keys: ['s', 't'].map((sk) => ({ pk: { S: 'p' }, sk: { S: sk } })),
          ConsistentRead: true,
        });
        return { status: 200, body: JSON.stringify({ Responses: { 'dev-state': [stored] } }) };
      },
      async (store) => {
        const item = { pk: 'p', sk: 's', attributes: { n: 1 } };
        expect(await store.get(key)).toEqual(item);
        const together = [store.get(key), store.get({ ...key, sk: 't' }), store.get(key)];
        expect(await Promise.all(together)).toEqual([item, undefined, item]);
      },
    );
    expect(asked).toEqual(['GetItem', 'BatchGetItem']);
  });

  it('get() fails for all who asked when the call fails', async () => {
    await withDynamo(
      () => {
        throw new AwsError('InternalServerError', 'on fire', 500);
      },
      async (store) => {
        const outcomes = await Promise.allSettled([store.get(key), store.get({ ...key, sk: 't' })]);
        expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      },
    );
  });

  it('remove() asks again for what was left undone, and not without end', async () => {
    const left = { 'dev-state': [{ DeleteRequest: { Key: { pk: { S: 'p' }, sk: { S: 's' } } } }] };
    let calls = 0;
    let undone = 2;
    const answer = () => {
      calls += 1;
      const UnprocessedItems = calls <= undone ? left : {};
      return { status: 200, body: JSON.stringify({ UnprocessedItems }) };
    };
    await withDynamo(answer, async (store) => {
      await store.remove([key]);
      expect(calls).toBe(3);
      undone = 1_000;
      await expect(store.remove([key])).rejects.toThrow('Cannot remove items');
      expect(calls).toBeLessThan(20);
    });
  });

  it('getMany() asks again for what was left undone, and not without end', async () => {
    const Keys = [{ pk: { S: 'p' }, sk: { S: 's' } }];
    let calls = 0;
    let undone = 2;
    const answer = (_operation: string, body: string) => {
      calls += 1;
      expect(JSON.parse(body).RequestItems['dev-state']).toEqual({ Keys, ConsistentRead: true });
      const left = { UnprocessedKeys: { 'dev-state': { Keys, ConsistentRead: true } } };
      const whole = { Responses: { 'dev-state': [{ ...Keys[0], number: { N: '-1.5' } }] } };
      return { status: 200, body: JSON.stringify(calls <= undone ? left : whole) };
    };
    await withDynamo(answer, async (store) => {
      expect(await store.getMany([key])).toEqual([
        { pk: 'p', sk: 's', attributes: { number: -1.5 } },
      ]);
      expect(calls).toBe(3);
      undone = 1_000;
      await expect(store.getMany([key])).rejects.toThrow('Cannot read items');
      expect(calls).toBeLessThan(20);
    });
  });

  it('names an attribute of a type that it does not keep', async () => {
    const Item = { pk: { S: 'p' }, sk: { S: 's' }, list: { L: [] } };
    const answer = () => ({ status: 200, body: JSON.stringify({ Item }) });
    await withDynamo(answer, async (store) => {
      await expect(store.get(key)).rejects.toThrow('Cannot read attribute list: ');
    });
  });
});
