import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface DynamoFactory {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

const table = 'contract-plain';
const indexed = 'contract-indexed';

/** What this project relies on in DynamoDB; holds for every implementation of it. */
export function dynamodbFeatures(name: string, start: () => Promise<DynamoFactory>): void {
  describe(`DynamoDB features of ${name}`, () => {
    let dynamo: DynamoFactory;
    let client: DynamoDBClient;

    beforeAll(async () => {
      dynamo = await start();
      client = dynamo.client;
      await createTables(client);
    });
    afterAll(async () => dynamo?.close());

    const key = (sk: string) => ({ pk: { S: 'contract' }, sk: { S: sk } });
    const put = (sk: string, more: Record<string, { S: string } | { N: string }> = {}) => ({
      Put: { TableName: table, Item: { ...key(sk), ...more } },
    });
    const exists = (sk: string) => ({
      ConditionCheck: {
        TableName: table,
        Key: key(sk),
        ConditionExpression: 'attribute_exists(pk)',
      },
    });
    const transact = (...TransactItems: TransactWriteItem[]) =>
      client.send(new TransactWriteItemsCommand({ TransactItems }));
    const read = async (sk: string) => {
      const input = { TableName: table, Key: key(sk), ConsistentRead: true };
      return (await client.send(new GetItemCommand(input))).Item;
    };
    const cancellation = async (...items: TransactWriteItem[]) => {
      const error = await transact(...items).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'TransactionCanceledException' });
      return error as TransactionCanceledException;
    };

    describe('TransactWriteItems', () => {
      it('carries out puts, updates, deletes and condition checks together', async () => {
        await transact(put('together-old'), put('together-checked'));
        await transact(
          put('together-new', { n: { N: '1' } }),
          {
            Update: {
              TableName: table,
              Key: key('together-updated'),
              UpdateExpression: 'ADD n :one SET m = if_not_exists(m, :one)',
              ExpressionAttributeValues: { ':one': { N: '1' } },
            },
          },
          { Delete: { TableName: table, Key: key('together-old') } },
          exists('together-checked'),
        );
        expect(await read('together-new')).toEqual({ ...key('together-new'), n: { N: '1' } });
        expect(await read('together-updated')).toMatchObject({ n: { N: '1' }, m: { N: '1' } });
        expect(await read('together-old')).toBeUndefined();
        expect(await read('together-checked')).toEqual(key('together-checked'));
      });

      it('writes nothing where one condition fails and gives the reasons in order', async () => {
        await transact(put('reasons-held', { n: { N: '7' } }));
        const error = await cancellation(
          put('reasons-first'),
          {
            Put: {
              TableName: table,
              Item: key('reasons-held'),
              ConditionExpression: 'attribute_not_exists(pk)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
          exists('reasons-missing'),
          put('reasons-last'),
        );
        expect(error.message).toContain(
          '[None, ConditionalCheckFailed, ConditionalCheckFailed, None]',
        );
        expect(error.CancellationReasons).toHaveLength(4);
        expect(error.CancellationReasons?.[1]?.Item).toEqual({
          ...key('reasons-held'),
          n: { N: '7' },
        });
        expect(error.CancellationReasons?.[2]?.Item).toBeUndefined();
        expect(error.CancellationReasons?.[1]?.Message).toMatch(/^The conditional request failed/);
        expect(await read('reasons-first')).toBeUndefined();
        expect(await read('reasons-last')).toBeUndefined();
        expect(await read('reasons-held')).toMatchObject({ n: { N: '7' } });
      });

      it('gives ValidationError as the reason of an update that does not fit the item', async () => {
        const full = 'x'.repeat(409_000);
        await transact(put('grown', { d: { S: full } }));
        const error = await cancellation(put('grown-other'), {
          Update: {
            TableName: table,
            Key: key('grown'),
            UpdateExpression: 'SET e = :e',
            ExpressionAttributeValues: { ':e': { S: 'x'.repeat(700) } },
          },
        });
        expect(error.CancellationReasons?.map(({ Code }) => Code)).toEqual([
          'None',
          'ValidationError',
        ]);
        expect(await read('grown-other')).toBeUndefined();
      });

      it('is carried out once per client request token', async () => {
        const input = {
          ClientRequestToken: 'contract-token-1',
          TransactItems: [increment('counted')],
        };
        await client.send(new TransactWriteItemsCommand(input));
        await client.send(new TransactWriteItemsCommand(input));
        expect(await read('counted')).toMatchObject({ n: { N: '1' } });
        const other = { ...input, TransactItems: [increment('counted'), put('counted-more')] };
        await expect(client.send(new TransactWriteItemsCommand(other))).rejects.toMatchObject({
          name: 'IdempotentParameterMismatchException',
        });
      });

      it('tries a cancelled transaction anew under the same token', async () => {
        const input = {
          ClientRequestToken: 'contract-token-2',
          TransactItems: [exists('arrives-later'), increment('counted-later')],
        };
        await expect(client.send(new TransactWriteItemsCommand(input))).rejects.toMatchObject({
          name: 'TransactionCanceledException',
        });
        await transact(put('arrives-later'));
        await client.send(new TransactWriteItemsCommand(input));
        expect(await read('counted-later')).toMatchObject({ n: { N: '1' } });
      });

      it.each<[string, () => TransactWriteItem[], string, RegExp]>([
        ['no item', () => [], 'ValidationException', /greater than or equal to 1/],
        [
          '101 items',
          () => Array.from({ length: 101 }, (_, at) => put(`many-${at}`)),
          'ValidationException',
          /less than or equal to 100/,
        ],
        [
          'two actions on one item',
          () => [put('twice'), { Delete: { TableName: table, Key: key('twice') } }],
          'ValidationException',
          /multiple operations on one item/,
        ],
        [
          'two actions in one member',
          () => [{ ...put('pair'), Delete: { TableName: table, Key: key('pair-2') } }],
          'ValidationException',
          /can only contain one of/,
        ],
        ['no action in a member', () => [{}], 'ValidationException', /./],
        [
          'more than 4 MB',
          () =>
            Array.from({ length: 11 }, (_, at) =>
              put(`big-${at}`, { d: { S: 'x'.repeat(400_000) } }),
            ),
          'ValidationException',
          /4MB/,
        ],
        [
          'an item over 400 KB, counted in UTF-8',
          () => [put('heavy', { d: { S: 'é'.repeat(204_800) } })],
          'ValidationException',
          /Item size has exceeded/,
        ],
        [
          'a table that does not exist',
          () => [{ Put: { TableName: 'contract-missing', Item: key('x') } }],
          'ResourceNotFoundException',
          /./,
        ],
        [
          'an unknown word in an expression',
          () => [{ Update: { TableName: table, Key: key('x'), UpdateExpression: 'SETT a = b' } }],
          'ValidationException',
          /Invalid UpdateExpression/,
        ],
        [
          'a ConditionCheck without condition',
          () => [
            { ConditionCheck: { TableName: table, Key: key('x'), ConditionExpression: undefined } },
          ],
          'ValidationException',
          /conditionCheck\.conditionExpression/,
        ],
      ])('refuses %s', async (_name, items, error, text) => {
        const refused = transact(...items());
        await expect(refused).rejects.toMatchObject({
          name: error,
          message: expect.stringMatching(text),
        });
      });

      it('accepts 100 items', async () => {
        await transact(...Array.from({ length: 100 }, (_, at) => put(`hundred-${at}`)));
        expect(await read('hundred-99')).toBeDefined();
      });

      it('counts concurrent increments exactly', async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, (_, at) => transact(increment('raced'), put(`raced-${at}`))),
        );
        const committed = outcomes.filter(({ status }) => status === 'fulfilled').length;
        expect(committed).toBeGreaterThan(0);
        expect(await read('raced')).toMatchObject({ n: { N: String(committed) } });
      });
    });

    describe('TransactGetItems', () => {
      it('gives the items in order, nothing for a missing one, projected where asked', async () => {
        await transact(put('got', { n: { N: '1' }, m: { N: '2' } }));
        const get = (sk: string, ProjectionExpression?: string) => ({
          Get: { TableName: table, Key: key(sk), ProjectionExpression },
        });
        const TransactItems = [get('got-not'), get('got'), get('absent')];
        const { Responses } = await client.send(
          new TransactGetItemsCommand({ TransactItems: [...TransactItems, get('got-2', 'm')] }),
        );
        expect(Responses).toEqual([
          {},
          { Item: { ...key('got'), n: { N: '1' }, m: { N: '2' } } },
          {},
          {},
        ]);
        const projected = await client.send(
          new TransactGetItemsCommand({ TransactItems: [get('got', 'm')] }),
        );
        expect(projected.Responses).toEqual([{ Item: { m: { N: '2' } } }]);
      });

      it('refuses the same item twice', async () => {
        const Get = { TableName: table, Key: key('got') };
        const command = new TransactGetItemsCommand({ TransactItems: [{ Get }, { Get }] });
        await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
      });
    });

    describe('single items', () => {
      it('show the item that refused a conditional write', async () => {
        await transact(put('shown', { n: { N: '5' } }));
        const command = new PutItemCommand({
          TableName: table,
          Item: key('shown'),
          ConditionExpression: 'n < :n',
          ExpressionAttributeValues: { ':n': { N: '5.0' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        await expect(client.send(command)).rejects.toMatchObject({
          name: 'ConditionalCheckFailedException',
          Item: { ...key('shown'), n: { N: '5' } },
        });
      });

      it('compare numbers by value, also those of 38 digits', async () => {
        const large = '12345678901234567890123456789012345678';
        await transact(put('numbers', { huge: { N: large }, one: { N: '1.00' } }));
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key('numbers'),
            UpdateExpression: 'SET huge = huge - :one',
            ConditionExpression: 'huge = :huge AND one = :one',
            ExpressionAttributeValues: { ':huge': { N: `${large}.0` }, ':one': { N: '1' } },
            ReturnValues: 'ALL_NEW',
          }),
        );
        expect(Attributes).toMatchObject({
          huge: { N: '12345678901234567890123456789012345677' },
          one: { N: '1' },
        });
      });

      it('keep binary values byte for byte', async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
        const Item = { ...key('binary'), b: { B: bytes } };
        await client.send(new PutItemCommand({ TableName: table, Item }));
        expect((await read('binary'))?.['b']?.B).toEqual(bytes);
      });

      it('refuse a number of 39 digits', async () => {
        const Item = { ...key('wide'), n: { N: '1'.repeat(39) } };
        await expect(
          client.send(new PutItemCommand({ TableName: table, Item })),
        ).rejects.toMatchObject({ name: 'ValidationException' });
      });

      it('refuse duplicates in one batch', async () => {
        const requests = [
          { PutRequest: { Item: key('batch') } },
          { DeleteRequest: { Key: key('batch') } },
        ];
        const command = new BatchWriteItemCommand({ RequestItems: { [table]: requests } });
        await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
      });
    });

    describe('a global secondary index', () => {
      const due = async (state: string) => {
        const { Items } = await client.send(
          new QueryCommand({
            TableName: indexed,
            IndexName: 'byState',
            KeyConditionExpression: '#s = :s AND dueAt <= :now',
            ExpressionAttributeNames: { '#s': 'state' },
            ExpressionAttributeValues: { ':s': { S: state }, ':now': { N: '100' } },
          }),
        );
        return Items?.map(({ sk }) => sk?.S);
      };
      const item = (sk: string, state: string, dueAt: number) => ({
        ...key(sk),
        state: { S: state },
        dueAt: { N: String(dueAt) },
      });

      it('follows its table through batches, updates and deletes, in numeric order', async () => {
        const items = [
          item('c', 'pending', 20),
          item('a', 'pending', 100),
          item('b', 'pending', 3),
        ];
        const late = item('d', 'pending', 101);
        const requests = [...items, late].map((Item) => ({ PutRequest: { Item } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [indexed]: requests } }));
        expect(await due('pending')).toEqual(['b', 'c', 'a']);
        await client.send(
          new UpdateItemCommand({
            TableName: indexed,
            Key: key('c'),
            UpdateExpression: 'SET #s = :sent',
            ExpressionAttributeNames: { '#s': 'state' },
            ExpressionAttributeValues: { ':sent': { S: 'sent' } },
          }),
        );
        expect(await due('pending')).toEqual(['b', 'a']);
        expect(await due('sent')).toEqual(['c']);
        const deleted = [{ DeleteRequest: { Key: key('b') } }];
        await client.send(new BatchWriteItemCommand({ RequestItems: { [indexed]: deleted } }));
        expect(await due('pending')).toEqual(['a']);
      });
    });

    it('time to live is switched on and off, and says so', async () => {
      const described = async () =>
        (await client.send(new DescribeTimeToLiveCommand({ TableName: table })))
          .TimeToLiveDescription;
      const set = (Enabled: boolean, AttributeName = 'expiresAt') =>
        client.send(
          new UpdateTimeToLiveCommand({
            TableName: table,
            TimeToLiveSpecification: { Enabled, AttributeName },
          }),
        );
      expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
      await set(true);
      expect(await described()).toEqual({
        TimeToLiveStatus: 'ENABLED',
        AttributeName: 'expiresAt',
      });
      await expect(set(true)).rejects.toThrow(/already enabled/);
      await expect(set(true, 'other')).rejects.toThrow(/different AttributeName/);
      await set(false);
      await expect(set(false)).rejects.toThrow(/already disabled/);
    });
  });

  function increment(sk: string): TransactWriteItem {
    return {
      Update: {
        TableName: table,
        Key: { pk: { S: 'contract' }, sk: { S: sk } },
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    };
  }
}

async function createTables(client: DynamoDBClient): Promise<void> {
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
