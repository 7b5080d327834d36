import {
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type DynamoCalls, key, put } from './dynamo-calls.ts';
import { table } from './tables.ts';

/** Transactions: all or nothing, reasons in order, once per token, within the limits. */
export function transactionFeatures(dynamo: DynamoCalls): void {
  describe('TransactWriteItems', () => {
    it('carries out puts, updates, deletes and condition checks together', async () => {
      await dynamo.transact(put('together-old'), put('together-checked'));
      await dynamo.transact(
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
      expect(await dynamo.read('together-new')).toEqual({ ...key('together-new'), n: { N: '1' } });
      expect(await dynamo.read('together-updated')).toMatchObject({ n: { N: '1' }, m: { N: '1' } });
      expect(await dynamo.read('together-old')).toBeUndefined();
      expect(await dynamo.read('together-checked')).toEqual(key('together-checked'));
    });

    it('writes nothing where one condition fails and gives the reasons in order', async () => {
      await dynamo.transact(put('reasons-held', { n: { N: '7' } }));
      const error = await dynamo.cancellation(
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
      expect(await dynamo.read('reasons-first')).toBeUndefined();
      expect(await dynamo.read('reasons-last')).toBeUndefined();
      expect(await dynamo.read('reasons-held')).toMatchObject({ n: { N: '7' } });
    });

    it('gives ValidationError as the reason of an update that does not fit the item', async () => {
      const full = 'x'.repeat(409_000);
      await dynamo.transact(put('grown', { d: { S: full } }));
      const error = await dynamo.cancellation(put('grown-other'), {
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
      expect(await dynamo.read('grown-other')).toBeUndefined();
    });

    it('is carried out once per client request token', async () => {
      const input = {
        ClientRequestToken: 'contract-token-1',
        TransactItems: [increment('counted')],
      };
      await dynamo.client.send(new TransactWriteItemsCommand(input));
      await dynamo.client.send(new TransactWriteItemsCommand(input));
      expect(await dynamo.read('counted')).toMatchObject({ n: { N: '1' } });
      const other = { ...input, TransactItems: [increment('counted'), put('counted-more')] };
      await expect(dynamo.client.send(new TransactWriteItemsCommand(other))).rejects.toMatchObject({
        name: 'IdempotentParameterMismatchException',
      });
    });

    it('tries a cancelled transaction anew under the same token', async () => {
      const input = {
        ClientRequestToken: 'contract-token-2',
        TransactItems: [exists('arrives-later'), increment('counted-later')],
      };
      await expect(dynamo.client.send(new TransactWriteItemsCommand(input))).rejects.toMatchObject({
        name: 'TransactionCanceledException',
      });
      await dynamo.transact(put('arrives-later'));
      await dynamo.client.send(new TransactWriteItemsCommand(input));
      expect(await dynamo.read('counted-later')).toMatchObject({ n: { N: '1' } });
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
      const refused = dynamo.transact(...items());
      await expect(refused).rejects.toMatchObject({
        name: error,
        message: expect.stringMatching(text),
      });
    });

    it('accepts 100 items', async () => {
      await dynamo.transact(...Array.from({ length: 100 }, (_, at) => put(`hundred-${at}`)));
      expect(await dynamo.read('hundred-99')).toBeDefined();
    });

    it('counts concurrent increments exactly', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, at) =>
          dynamo.transact(increment('raced'), put(`raced-${at}`)),
        ),
      );
      const committed = outcomes.filter(({ status }) => status === 'fulfilled').length;
      expect(committed).toBeGreaterThan(0);
      expect(await dynamo.read('raced')).toMatchObject({ n: { N: String(committed) } });
    });
  });

  describe('TransactGetItems', () => {
    it('gives the items in order, nothing for a missing one, projected where asked', async () => {
      await dynamo.transact(put('got', { n: { N: '1' }, m: { N: '2' } }));
      const get = (sk: string, ProjectionExpression?: string) => ({
        Get: { TableName: table, Key: key(sk), ProjectionExpression },
      });
      const TransactItems = [get('got-not'), get('got'), get('absent')];
      const { Responses } = await dynamo.client.send(
        new TransactGetItemsCommand({ TransactItems: [...TransactItems, get('got-2', 'm')] }),
      );
      expect(Responses).toEqual([
        {},
        { Item: { ...key('got'), n: { N: '1' }, m: { N: '2' } } },
        {},
        {},
      ]);
      const projected = await dynamo.client.send(
        new TransactGetItemsCommand({ TransactItems: [get('got', 'm')] }),
      );
      expect(projected.Responses).toEqual([{ Item: { m: { N: '2' } } }]);
    });

    it('refuses the same item twice', async () => {
      const Get = { TableName: table, Key: key('got') };
      const command = new TransactGetItemsCommand({ TransactItems: [{ Get }, { Get }] });
      await expect(dynamo.client.send(command)).rejects.toMatchObject({
        name: 'ValidationException',
      });
    });
  });
}

function exists(sk: string) {
  return {
    ConditionCheck: {
      TableName: table,
      Key: key(sk),
      ConditionExpression: 'attribute_exists(pk)',
    },
  };
}

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
