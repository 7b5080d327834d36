import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { type AlertData, alertDataSchema } from '../events/alert.ts';
import { entityOf } from './entity.ts';

/**
 * What became of an alert at one target.
 *
 * ```
 * new ─▶ muted
 *   ├──▶ held (told with the message of another, or later)
 *   └──▶ pending ─▶ sent
 *            └────▶ failed (given up) ─▶ pending (replayed)
 * ```
 */
const deliverySchema = z.object({
  status: z.enum(['new', 'muted', 'held', 'pending', 'sent', 'failed']),
  atMs: z.number(),
  attempts: z.int().optional(),
  /** Id of the message it is told in, where that has another's. */
  toldWith: z.string().optional(),
  untilMs: z.number().optional(),
  /** How many alerts the message tells of. */
  count: z.int().optional(),
  reason: z.string().optional(),
});

export type AlertDelivery = z.output<typeof deliverySchema>;

const loggedSchema = z.object({
  pk: z.string(),
  data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(alertDataSchema),
  loggedAt: z.number(),
  /** Alerts that were logged before there were targets have none. */
  deliveries: z.record(z.string(), deliverySchema).default({}),
  acknowledged: z.object({ by: z.string(), atMs: z.number() }).optional(),
  snoozed: z.object({ by: z.string(), atMs: z.number(), untilMs: z.number() }).optional(),
});

/** An alert as the log has it. */
export interface LoggedAlert {
  readonly id: string;
  readonly data: AlertData;
  readonly loggedAt: number;
  /** By target. */
  readonly deliveries: Readonly<Record<string, AlertDelivery>>;
  readonly acknowledged?: { readonly by: string; readonly atMs: number } | undefined;
  readonly snoozed?:
    | { readonly by: string; readonly atMs: number; readonly untilMs: number }
    | undefined;
}

const retentionSeconds = 90 * 24 * 3600;

/** Reads an item of the log as DynamoDB gives it. */
export function readLogged(item: Parameters<typeof unmarshall>[0]): LoggedAlert {
  const { pk, ...rest } = loggedSchema.parse(unmarshall(item));
  return { id: pk, ...rest };
}

/** Every alert that ever came, and what became of it at each target. */
export class AlertLog {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Logs an alert, unless it is there.
   *
   * @returns what has become of it at each target: all `new` where it was not there.
   */
  async begin(
    id: string,
    data: AlertData,
    targets: readonly string[],
    nowMs: number,
  ): Promise<LoggedAlert['deliveries']> {
    const fresh = { status: 'new', atMs: nowMs } as const;
    const deliveries = Object.fromEntries(targets.map((target) => [target, fresh]));
    const { kind, id: entityId } = entityOf(data);
    const item = {
      ...keyOf(id),
      data: JSON.stringify(data),
      kind: data.rule,
      severity: data.severity,
      entity: `${kind}|${entityId}`,
      deliveries,
      alertedAt: data.atMs,
      loggedAt: nowMs,
      day: new Date(data.atMs).toISOString().slice(0, 10),
      expiresAt: Math.floor(nowMs / 1000) + retentionSeconds,
    };
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: marshall(item),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(command);
      return deliveries;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return readLogged(error.Item).deliveries;
    }
  }

  async read(id: string): Promise<LoggedAlert | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: marshall(keyOf(id)),
        ConsistentRead: true,
      }),
    );
    return Item && readLogged(Item);
  }

  /** Notes what has become of an alert; it changes nothing where that is in none of `from`. */
  async note(
    id: string,
    target: string,
    delivery: AlertDelivery,
    from?: readonly AlertDelivery['status'][],
  ): Promise<void> {
    const allowed = Object.fromEntries(
      from?.map((status, index) => [`:from${index}`, status]) ?? [],
    );
    const listed = Object.keys(allowed).join(', ');
    await this.#update(id, {
      UpdateExpression: 'SET deliveries.#target = :delivery',
      ConditionExpression: from
        ? `deliveries.#target.#status IN (${listed})`
        : 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#target': target, ...(from && { '#status': 'status' }) },
      ExpressionAttributeValues: marshall(
        { ':delivery': delivery, ...allowed },
        { removeUndefinedValues: true },
      ),
    });
  }

  /** Notes what a person did about an alert. */
  async noteHandling(
    id: string,
    field: 'acknowledged' | 'snoozed',
    handling: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    await this.#update(id, {
      UpdateExpression: 'SET #field = :handling',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#field': field },
      ExpressionAttributeValues: marshall({ ':handling': handling }),
    });
  }

  async #update(
    id: string,
    update: Omit<ConstructorParameters<typeof UpdateItemCommand>[0], 'TableName' | 'Key'>,
  ): Promise<void> {
    try {
      await this.#client.send(
        new UpdateItemCommand({ TableName: this.#table, Key: marshall(keyOf(id)), ...update }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

function keyOf(id: string) {
  return { pk: id, sk: 'ALERT' };
}
