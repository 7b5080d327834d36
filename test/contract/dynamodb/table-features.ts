import {
  BatchWriteItemCommand,
  DescribeTimeToLiveCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type DynamoCalls, key } from './dynamo-calls.ts';
import { indexed, table } from './tables.ts';

/** An index follows its table; time to live is switched. */
export function tableFeatures(dynamo: DynamoCalls): void {
  describe('a global secondary index', () => {
    const due = async (state: string) => {
      const { Items } = await dynamo.client.send(
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
      const items = [item('c', 'pending', 20), item('a', 'pending', 100), item('b', 'pending', 3)];
      const late = item('d', 'pending', 101);
      const requests = [...items, late].map((Item) => ({ PutRequest: { Item } }));
      await dynamo.client.send(
        new BatchWriteItemCommand({ RequestItems: { [indexed]: requests } }),
      );
      expect(await due('pending')).toEqual(['b', 'c', 'a']);
      await dynamo.client.send(
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
      await dynamo.client.send(new BatchWriteItemCommand({ RequestItems: { [indexed]: deleted } }));
      expect(await due('pending')).toEqual(['a']);
    });
  });

  it('time to live is switched on and off, and says so', async () => {
    const described = async () =>
      (await dynamo.client.send(new DescribeTimeToLiveCommand({ TableName: table })))
        .TimeToLiveDescription;
    const set = (Enabled: boolean, AttributeName = 'expiresAt') =>
      dynamo.client.send(
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
}
