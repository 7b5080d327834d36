import { stringKeys, tableResource } from './played-dynamo.ts';

export const crashTables = [
  tableResource('crash-state', stringKeys),
  tableResource('crash-results', stringKeys),
  tableResource('crash-alerts', {
    ...stringKeys,
    AttributeDefinitions: [
      ...stringKeys.AttributeDefinitions,
      { AttributeName: 'status', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byStatus',
        KeySchema: [{ AttributeName: 'status', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  }),
];

export const counters = 4;
export const alerts = 20;

/** Three writes over two tables: two new items that belong together, one counter of many. */
export function transaction(number: number): object {
  const item = { pk: { S: 'transaction' }, sk: { S: String(number) } };
  const once = 'attribute_not_exists(pk)';
  return {
    ClientRequestToken: `crash-${number}`,
    TransactItems: [
      { Put: { TableName: 'crash-state', Item: item, ConditionExpression: once } },
      { Put: { TableName: 'crash-results', Item: item, ConditionExpression: once } },
      {
        Update: {
          TableName: 'crash-state',
          Key: { pk: { S: 'counter' }, sk: { S: String(number % counters) } },
          UpdateExpression: 'ADD transactions :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
    ],
  };
}

/** Moves an alert from one index key to another and back. */
export function transition(turn: number): object {
  return {
    TableName: 'crash-alerts',
    Key: { pk: { S: 'alert' }, sk: { S: String(turn % alerts) } },
    UpdateExpression: 'SET #status = :status',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':status': { S: Math.floor(turn / alerts) % 2 === 0 ? 'pending' : 'sent' },
    },
  };
}
