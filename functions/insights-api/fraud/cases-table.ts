import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import {
  caseKey,
  queueIndex,
  queueName,
  readStoredCase,
} from '../../../shared/fraud/stored-case.ts';
import type { ReviewState } from '../../../shared/shop/fraud-words.ts';

/** Which cases a person wants to look at. */
export interface CaseQueue {
  readonly decision: 'review' | 'block';
  readonly review: ReviewState;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export type StoredCase = ReturnType<typeof readStoredCase>;

/** What the API reads of the table of cases; nothing here writes. */
export interface CasesTable {
  readonly caseOf: (orderId: string) => Promise<StoredCase | undefined>;
  /**
   * A page of a queue, the newest case first.
   *
   * @throws CursorError for a cursor that is not of this queue.
   */
  readonly page: (
    queue: CaseQueue,
  ) => Promise<{ readonly cases: readonly StoredCase[]; readonly nextCursor: string | null }>;
}

/** The cursor was not given out for this queue. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/** Where a page of a queue ended. */
const lastKey = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  queue: z.string(),
  atMs: z.number(),
});

export function casesTable(client: DynamoDBClient, tableName: string): CasesTable {
  return {
    async caseOf(orderId) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: marshall(caseKey(orderId)) }),
      );
      return Item && readStoredCase(unmarshall(Item));
    },

    async page({ decision, review, limit, cursor }) {
      const queue = queueName(decision, review);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: queueIndex,
          KeyConditionExpression: '#queue = :queue',
          ExpressionAttributeNames: { '#queue': 'queue' },
          ExpressionAttributeValues: marshall({ ':queue': queue }),
          ScanIndexForward: false,
          Limit: limit,
          ...(cursor !== undefined && { ExclusiveStartKey: marshall(decodeCursor(cursor, queue)) }),
        }),
      );
      return {
        cases: Items.map((item) => readStoredCase(unmarshall(item))),
        nextCursor: LastEvaluatedKey === undefined ? null : encodeCursor(LastEvaluatedKey),
      };
    },
  };
}

function encodeCursor(key: Parameters<typeof unmarshall>[0]): string {
  return Buffer.from(JSON.stringify(lastKey.parse(unmarshall(key)))).toString('base64url');
}

function decodeCursor(text: string, queue: string): z.output<typeof lastKey> {
  try {
    const key = lastKey.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (key.queue === queue) return key;
  } catch {
    // Told below, like a cursor of another queue.
  }
  throw new CursorError('Cannot read cursor: it was not given out for this queue');
}
