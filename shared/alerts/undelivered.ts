import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import type { Group } from './lane.ts';
import { groupFields, type LaneKey } from './lane-table.ts';

const messageSchema: z.ZodType<Group> = z.object(groupFields);
const undeliveredSchema = z.object({
  target: z.string(),
  entity: z.string(),
  message: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(messageSchema),
  reason: z.string(),
  attempts: z.int(),
  givenUpAt: z.number(),
});

/** A message that was given up at one target. */
export interface UndeliveredMessage extends LaneKey {
  readonly message: Group;
  readonly reason: string;
  readonly attempts: number;
  readonly givenUpAt: number;
}

const retentionSeconds = 90 * 24 * 3600;

/** Where a page ended: the key of its last message, in the index by status. */
export const undeliveredPlace = z.object({
  pk: z.string().min(1),
  sk: z.string().startsWith('UNDELIVERED#'),
  nextAttemptAt: z.number(),
});
type UndeliveredPlace = z.output<typeof undeliveredPlace>;

interface UndeliveredPage {
  readonly messages: readonly UndeliveredMessage[];
  readonly last: UndeliveredPlace | undefined;
}

/** The dead letters of alerts, in their table: one for each message and target. */
export class UndeliveredTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async put(letter: UndeliveredMessage): Promise<void> {
    const { message, givenUpAt, ...rest } = letter;
    const item = {
      ...keyOf(letter.target, message.id),
      ...rest,
      message: JSON.stringify(message),
      givenUpAt,
      status: 'undelivered',
      nextAttemptAt: givenUpAt,
      expiresAt: Math.floor(givenUpAt / 1000) + retentionSeconds,
    };
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: marshall(item) }));
  }

  async read(target: string, messageId: string): Promise<UndeliveredMessage | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: marshall(keyOf(target, messageId)),
        ConsistentRead: true,
      }),
    );
    return Item && undeliveredSchema.parse(unmarshall(Item));
  }

  async remove(target: string, messageId: string): Promise<void> {
    await this.#client.send(
      new DeleteItemCommand({ TableName: this.#table, Key: marshall(keyOf(target, messageId)) }),
    );
  }

  /**
   * A page of them, the latest first.
   *
   * @param after where the page before ended.
   * @returns with `last` where there may be more.
   */
  async list(limit: number, after?: UndeliveredPlace): Promise<UndeliveredPage> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :undelivered',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':undelivered': 'undelivered' }),
        ScanIndexForward: false,
        Limit: limit,
        ...(after && { ExclusiveStartKey: marshall({ ...after, status: 'undelivered' }) }),
      }),
    );
    return {
      messages: Items.map((item) => undeliveredSchema.parse(unmarshall(item))),
      last: LastEvaluatedKey && undeliveredPlace.parse(unmarshall(LastEvaluatedKey)),
    };
  }
}

function keyOf(target: string, messageId: string) {
  return { pk: messageId, sk: `UNDELIVERED#${target}` };
}
