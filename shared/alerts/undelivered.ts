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

/** Most that is listed at once. */
const listMax = 100;
const retentionSeconds = 90 * 24 * 3600;

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

  /** The latest, at most a hundred. */
  async list(): Promise<readonly UndeliveredMessage[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :undelivered',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':undelivered': 'undelivered' }),
        ScanIndexForward: false,
        Limit: listMax,
      }),
    );
    return Items.map((item) => undeliveredSchema.parse(unmarshall(item)));
  }
}

function keyOf(target: string, messageId: string) {
  return { pk: messageId, sk: `UNDELIVERED#${target}` };
}
