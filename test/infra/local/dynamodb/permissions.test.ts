import {
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../../infra/local/dynamodb/permissions.ts';
import { serveAws } from '../../../fixtures/aws-endpoint.ts';
import { playedDynamo, stringKeys, tableResource } from './played-dynamo.ts';

const arn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

describe('permissionsOf()', () => {
  it.each([
    ['GetItem', { TableName: 'a' }, [['dynamodb:GetItem', arn('a')]]],
    ['Query', { TableName: 'a', IndexName: 'i' }, [['dynamodb:Query', `${arn('a')}/index/i`]]],
    ['Query', { TableName: 'a' }, [['dynamodb:Query', arn('a')]]],
    ['UpdateTimeToLive', { TableName: 'a' }, [['dynamodb:UpdateTimeToLive', arn('a')]]],
    ['ListTables', {}, [['dynamodb:ListTables', '*']]],
    ['TagResource', { ResourceArn: arn('a') }, [['dynamodb:TagResource', arn('a')]]],
    [
      'BatchWriteItem',
      { RequestItems: { a: [], b: [] } },
      [
        ['dynamodb:BatchWriteItem', arn('a')],
        ['dynamodb:BatchWriteItem', arn('b')],
      ],
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'a' } },
          { Put: { TableName: 'a' } },
          { Update: { TableName: 'a' } },
          { Delete: { TableName: 'b' } },
          { ConditionCheck: { TableName: 'b' } },
        ],
      },
      [
        ['dynamodb:PutItem', arn('a')],
        ['dynamodb:UpdateItem', arn('a')],
        ['dynamodb:DeleteItem', arn('b')],
        ['dynamodb:ConditionCheckItem', arn('b')],
      ],
    ],
    [
      'TransactGetItems',
      { TransactItems: [{ Get: { TableName: 'a' } }] },
      [['dynamodb:GetItem', arn('a')]],
    ],
    ['PutItem', { TableName: 5 }, [['dynamodb:PutItem', '*']]],
  ])('%s of %j needs %j', (operation, request, expected) => {
    expect(permissionsOf(operation, request)).toEqual(
      expected.map(([action, resource]) => ({ action, resource })),
    );
  });

  it('lets a role do what it was granted and nothing more', async () => {
    const dynamo = await playedDynamo({
      tables: [tableResource('dev-state', stringKeys), tableResource('dev-results', stringKeys)],
    });
    const role = {
      stack: 'Shop-dev-App',
      logicalId: 'Role',
      type: 'AWS::IAM::Role',
      ref: 'dev-statistics-role',
      attributes: { Arn: 'arn:aws:iam::000000000000:role/dev-statistics-role' },
      properties: {
        Policies: [
          {
            PolicyName: 'tables',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
                  Resource: arn('dev-state'),
                },
              ],
            },
          },
        ],
      },
    };
    const front = await serveAws([dynamo.service], [role]);
    const credentials = front.credentialsFor('dev-statistics-role');
    const client = new DynamoDBClient({ ...front.client, credentials });
    const Item = { pk: { S: 'a' }, sk: { S: 'b' } };
    const putInto = (...names: string[]) =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: names.map((TableName) => ({ Put: { TableName, Item } })),
        }),
      );
    await putInto('dev-state');
    await expect(putInto('dev-state', 'dev-results')).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const found = await client.send(new GetItemCommand({ TableName: 'dev-state', Key: Item }));
    expect(found.Item).toEqual(Item);
    client.destroy();
    await front.close();
    await dynamo.close();
  });
});
