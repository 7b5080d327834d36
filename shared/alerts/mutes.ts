import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';

const muteSchema = z.object({
  id: z.string(),
  /** Kind of the alerts; absent: every kind. */
  kind: z.string().optional(),
  /** What they are about, as `kind|id`; absent: everything. */
  entity: z.string().optional(),
  untilMs: z.number(),
  by: z.string(),
  atMs: z.number(),
  reason: z.string().optional(),
});

/** Alerts of a kind, about an entity, or both, that are logged and not told for a while. */
export type Mute = z.output<typeof muteSchema>;

/** Whether an alert of this kind about this entity is not to be told now. */
export function isMuted(
  mute: Mute,
  alert: { readonly kind: string; readonly entity: string },
  nowMs: number,
): boolean {
  return (
    nowMs < mute.untilMs &&
    (mute.kind === undefined || mute.kind === alert.kind) &&
    (mute.entity === undefined || mute.entity === alert.entity)
  );
}

/** The mutes, in the table of alerts. */
export class MuteTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Those that hold at that time. */
  async list(nowMs: number): Promise<readonly Mute[]> {
    const mutes: Mute[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: 'pk = :mutes AND begins_with(sk, :mute)',
        ExpressionAttributeValues: marshall({ ':mutes': 'MUTES', ':mute': 'MUTE#' }),
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      mutes.push(...Items.map((item) => muteSchema.parse(unmarshall(item))));
    }
    return mutes.filter(({ untilMs }) => nowMs < untilMs);
  }

  async put(mute: Mute): Promise<void> {
    const item = { ...keyOf(mute.id), ...mute, expiresAt: Math.ceil(mute.untilMs / 1000) };
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: marshall(item, { removeUndefinedValues: true }),
      }),
    );
  }

  /** @returns false where there is none of that id. */
  async remove(id: string): Promise<boolean> {
    const { Attributes } = await this.#client.send(
      new DeleteItemCommand({
        TableName: this.#table,
        Key: marshall(keyOf(id)),
        ReturnValues: 'ALL_OLD',
      }),
    );
    return Attributes !== undefined;
  }
}

function keyOf(id: string) {
  return { pk: 'MUTES', sk: `MUTE#${id}` };
}
