import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { type AlertData, alertDataSchema } from '../../shared/events/alert.ts';

/** An alert that its holder, and nobody else, may send until the lease ends. */
export interface ClaimedAlert {
  readonly id: string;
  readonly data: AlertData;
  readonly attempts: number;
  /** When it was first seen here. */
  readonly loggedAt: number;
  readonly leaseUntil: number;
}

/** Longer than all tries made at once: three of 5 s, two pauses of 2 s, and the notes. */
const leaseMs = 30_000;
const retentionSeconds = 90 * 24 * 3600;
/** Alerts looked up at once when they are due. */
const dueMax = 100;

const storedAlert = z.object({
  pk: z.string(),
  data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(alertDataSchema),
  loggedAt: z.number(),
  attempts: z.number(),
  leaseUntil: z.number(),
});
const dueAlert = z.object({ pk: z.string(), loggedAt: z.number() });

/**
 * The log of alerts, and who may send one. Before an alert is posted it is claimed for
 * {@link leaseMs}; a claim that ends without a note (a crash) is open again, and only then can an
 * alert be sent twice: whether the first was, nobody knows.
 *
 * ```
 * absent ─▶ pending, claimed ─▶ sent
 *                │  ▲
 *                ▼  │ claimed again, not before nextAttemptAt
 *             pending ─▶ failed (given up: undelivered-alerts queue)
 * ```
 */
export class AlertLog {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Logs a new alert and claims it; undefined where it has been logged before. */
  async begin(id: string, data: AlertData, nowMs: number): Promise<ClaimedAlert | undefined> {
    const leaseUntil = nowMs + leaseMs;
    const isNew = await this.#log(id, data, leaseUntil, nowMs);
    return isNew ? { id, data, attempts: 0, loggedAt: nowMs, leaseUntil } : undefined;
  }

  /** Logs a new alert and leaves it to the schedule; false where it has been logged before. */
  leave(id: string, data: AlertData, nowMs: number): Promise<boolean> {
    return this.#log(id, data, 0, nowMs);
  }

  /** Claims an alert that waits; undefined where another has it, or it needs nothing more. */
  async claim(id: string, nowMs: number): Promise<ClaimedAlert | undefined> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: marshall({ pk: id, sk: 'ALERT' }),
      UpdateExpression: 'SET leaseUntil = :lease',
      ConditionExpression: '#status = :pending AND nextAttemptAt <= :now AND leaseUntil <= :now',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshall({
        ':lease': nowMs + leaseMs,
        ':pending': 'pending',
        ':now': nowMs,
      }),
      ReturnValues: 'ALL_NEW',
    });
    const claimed = await unlessRefused(() => this.#client.send(command));
    if (!claimed?.Attributes) return undefined;
    const { pk, ...alert } = storedAlert.parse(unmarshall(claimed.Attributes));
    return { id: pk, ...alert };
  }

  /** That an alert was sent holds whoever has claimed it since. */
  async noteSent({ id }: ClaimedAlert, attempts: number, nowMs: number): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: marshall({ pk: id, sk: 'ALERT' }),
        UpdateExpression:
          'SET #status = :sent, attempts = :attempts, sentAt = :now REMOVE nextAttemptAt',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({
          ':sent': 'sent',
          ':attempts': attempts,
          ':now': nowMs,
        }),
      }),
    );
  }

  /** Frees the alert until `nextAttemptAt`, epoch milliseconds. */
  async noteFailure(
    alert: ClaimedAlert,
    attempts: number,
    reason: string,
    nextAttemptAt: number,
  ): Promise<void> {
    await this.#noteAsHolder(
      alert,
      'SET attempts = :attempts, lastError = :reason, nextAttemptAt = :next, leaseUntil = :free',
      { ':attempts': attempts, ':reason': reason, ':next': nextAttemptAt, ':free': 0 },
    );
  }

  async noteGivenUp(alert: ClaimedAlert, attempts: number, reason: string): Promise<void> {
    await this.#noteAsHolder(
      alert,
      'SET #status = :failed, attempts = :attempts, lastError = :reason REMOVE nextAttemptAt',
      { ':attempts': attempts, ':reason': reason, ':failed': 'failed' },
    );
  }

  /** Some of the alerts that wait and are due, in the order they were logged. */
  async due(nowMs: number): Promise<readonly string[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :pending AND nextAttemptAt <= :now',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':pending': 'pending', ':now': nowMs }),
        Limit: dueMax,
      }),
    );
    const due = Items.map((item) => dueAlert.parse(unmarshall(item)));
    return due.sort((a, b) => a.loggedAt - b.loggedAt).map(({ pk }) => pk);
  }

  async #log(id: string, data: AlertData, leaseUntil: number, nowMs: number): Promise<boolean> {
    const item = {
      pk: id,
      sk: 'ALERT',
      status: 'pending',
      data: JSON.stringify(data),
      attempts: 0,
      nextAttemptAt: nowMs,
      leaseUntil,
      alertedAt: data.atMs,
      loggedAt: nowMs,
      day: new Date(data.atMs).toISOString().slice(0, 10),
      expiresAt: Math.floor(nowMs / 1000) + retentionSeconds,
    };
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: marshall(item),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return (await unlessRefused(() => this.#client.send(command))) !== undefined;
  }

  /** One who has lost the claim meanwhile has nothing to say about what comes next. */
  async #noteAsHolder(
    { id, leaseUntil }: ClaimedAlert,
    update: string,
    values: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: marshall({ pk: id, sk: 'ALERT' }),
      UpdateExpression: update,
      ConditionExpression: '#status = :pending AND leaseUntil = :held',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshall({
        ...values,
        ':pending': 'pending',
        ':held': leaseUntil,
      }),
    });
    await unlessRefused(() => this.#client.send(command));
  }
}

async function unlessRefused<Output>(write: () => Promise<Output>): Promise<Output | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
