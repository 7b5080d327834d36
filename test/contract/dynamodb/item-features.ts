import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type DynamoCalls, key, put } from './dynamo-calls.ts';
import { table } from './tables.ts';

/** Items are written under conditions and keep their values. */
export function itemFeatures(dynamo: DynamoCalls): void {
  describe('single items', () => {
    it('show the item that refused a conditional write', async () => {
      await dynamo.transact(put('shown', { n: { N: '5' } }));
      const command = new PutItemCommand({
        TableName: table,
        Item: key('shown'),
        ConditionExpression: 'n < :n',
        ExpressionAttributeValues: { ':n': { N: '5.0' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      await expect(dynamo.client.send(command)).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
        Item: { ...key('shown'), n: { N: '5' } },
      });
    });

    it('compare numbers by value, also those of 38 digits', async () => {
      const large = '12345678901234567890123456789012345678';
      await dynamo.transact(put('numbers', { huge: { N: large }, one: { N: '1.00' } }));
      const { Attributes } = await dynamo.client.send(
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
      await dynamo.client.send(new PutItemCommand({ TableName: table, Item }));
      expect((await dynamo.read('binary'))?.['b']?.B).toEqual(bytes);
    });

    it('are read many at once, bytes among them, and those that are there', async () => {
      const bytes = Uint8Array.of(0, 127, 128, 255);
      const Item = { ...key('many-a'), b: { B: bytes } };
      await dynamo.client.send(new PutItemCommand({ TableName: table, Item }));
      await dynamo.transact(put('many-b', { n: { N: '7' } }));
      const Keys = ['many-a', 'many-b', 'many-absent'].map(key);
      const command = new BatchGetItemCommand({
        RequestItems: { [table]: { Keys, ConsistentRead: true } },
      });
      const { Responses, UnprocessedKeys } = await dynamo.client.send(command);
      const found = new Map(Responses?.[table]?.map((item) => [item['sk']?.S, item]));
      expect(found.size).toBe(2);
      expect(found.get('many-a')?.['b']?.B).toEqual(bytes);
      expect(found.get('many-b')?.['n']?.N).toBe('7');
      expect(UnprocessedKeys ?? {}).toEqual({});
    });

    it('cannot be read twice in one batch, nor more than a hundred at once', async () => {
      const many = Array.from({ length: 101 }, (_, index) => key(String(index)));
      for (const Keys of [[key('a'), key('a')], many]) {
        const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } });
        await expect(dynamo.client.send(command)).rejects.toMatchObject({
          name: 'ValidationException',
        });
      }
    });

    it('refuse a number of 39 digits', async () => {
      const Item = { ...key('wide'), n: { N: '1'.repeat(39) } };
      await expect(
        dynamo.client.send(new PutItemCommand({ TableName: table, Item })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    });

    it('refuse duplicates in one batch', async () => {
      const requests = [
        { PutRequest: { Item: key('batch') } },
        { DeleteRequest: { Key: key('batch') } },
      ];
      const command = new BatchWriteItemCommand({ RequestItems: { [table]: requests } });
      await expect(dynamo.client.send(command)).rejects.toMatchObject({
        name: 'ValidationException',
      });
    });
  });
}
