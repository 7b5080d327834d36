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

/** An alert as the log keeps it. */
export interface LoggedAlert {
  readonly id: string;
  readonly data: AlertData;
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly alertedAt: number;
  /** When it was first seen here. */
  readonly loggedAt: number;
  readonly sentAt: number | undefined;
}

/** Longer than one attempt to post, with time to note it. */
const leaseMs = 30_000;
const retentionSeconds = 90 * 24 * 3600;
const sweepMax = 100;

const stored = z.object({
  pk: z.string(),
  data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(alertDataSchema),
  loggedAt: z.number(),
  status: z.enum(['pending', 'sent', 'failed']),
  attempts: z.number(),
  alertedAt: z.number(),
  sentAt: z.number().optional(),
});

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

  /**
   * Logs a new alert, claimed for the caller or left to the schedule; false where it has been
   * logged before.
   */
  async begin(id: string, data: AlertData, claimed: boolean, nowMs: number): Promise<boolean> {
    const item = {
      pk: id,
      sk: 'ALERT',
      status: 'pending',
      data: JSON.stringify(data),
      attempts: 0,
      nextAttemptAt: nowMs,
      leaseUntil: claimed ? nowMs + leaseMs : 0,
      alertedAt: data.atMs,
      loggedAt: nowMs,
      day: new Date(data.atMs).toISOString().slice(0, 10),
      expiresAt: Math.floor(nowMs / 1000) + retentionSeconds,
    };
    return this.#unlessRefused(
      new PutItemCommand({
        TableName: this.#table,
        Item: marshall(item),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  }

  /** Claims an alert that waits; false where another has it, or it needs nothing more. */
  claim(id: string, nowMs: number): Promise<boolean> {
    return this.#unlessRefused(
      this.#update(
        id,
        'SET leaseUntil = :lease',
        { ':lease': nowMs + leaseMs, ':pending': 'pending', ':now': nowMs },
        '#status = :pending AND nextAttemptAt <= :now AND leaseUntil <= :now',
      ),
    );
  }

  async noteSent(id: string, attempts: number, nowMs: number): Promise<void> {
    const update = 'SET #status = :sent, attempts = :attempts, sentAt = :now REMOVE nextAttemptAt';
    await this.#client.send(
      this.#update(id, update, { ':sent': 'sent', ':attempts': attempts, ':now': nowMs }),
    );
  }

  async noteFailure(
    id: string,
    attempts: number,
    reason: string,
    nextAttemptAt: number,
  ): Promise<void> {
    const update =
      'SET attempts = :attempts, lastError = :reason, nextAttemptAt = :next, leaseUntil = :free';
    await this.#client.send(
      this.#update(id, update, {
        ':attempts': attempts,
        ':reason': reason,
        ':next': nextAttemptAt,
        ':free': 0,
      }),
    );
  }

  async noteGivenUp(id: string, attempts: number, reason: string): Promise<void> {
    const update =
      'SET #status = :failed, attempts = :attempts, lastError = :reason REMOVE nextAttemptAt';
    await this.#client.send(
      this.#update(id, update, { ':failed': 'failed', ':attempts': attempts, ':reason': reason }),
    );
  }

  /** Alerts that wait and are due, oldest first. */
  async due(nowMs: number): Promise<readonly LoggedAlert[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :pending AND nextAttemptAt <= :now',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':pending': 'pending', ':now': nowMs }),
        Limit: sweepMax,
      }),
    );
    return Items.map((item) => {
      const { pk: id, sentAt, ...rest } = stored.parse(unmarshall(item));
      return { id, sentAt, ...rest };
    });
  }

  #update(id: string, update: string, values: Record<string, unknown>, condition?: string) {
    const usesStatus = `${update}${condition ?? ''}`.includes('#status');
    return new UpdateItemCommand({
      TableName: this.#table,
      Key: marshall({ pk: id, sk: 'ALERT' }),
      UpdateExpression: update,
      ExpressionAttributeValues: marshall(values),
      ...(usesStatus && { ExpressionAttributeNames: { '#status': 'status' } }),
      ...(condition && { ConditionExpression: condition }),
    });
  }

  async #unlessRefused(command: PutItemCommand | UpdateItemCommand): Promise<boolean> {
    try {
      await (command instanceof PutItemCommand
        ? this.#client.send(command)
        : this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
