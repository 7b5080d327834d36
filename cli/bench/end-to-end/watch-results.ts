import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { compareSequenceNumbers } from '../../../shared/stream/record.ts';
import { resultKey } from '../../../shared/stream/state/layout.ts';
import { type PanedWindow, startOf } from '../../../shared/stream/window.ts';
import type { PutBatch } from './put-clicks.ts';

/** A figure is late by this much at most. */
const lookEveryMs = 15;

const resultItem = z.object({
  sk: z.string(),
  lineage: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.object({ last: z.string() }))),
});
const job = { name: 'most-viewed', generation: 1 };

/**
 * Looks at the results of the job, as one of its readers would, and notes when each batch of clicks
 * is in the result of the window that ends next: when the result says that it holds the last of
 * them, of every shard.
 */
export class ResultWatch {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #window: PanedWindow;
  #waiting: PutBatch[] = [];
  #latenciesMs: number[] = [];

  constructor(client: DynamoDBClient, table: string, window: PanedWindow) {
    this.#client = client;
    this.#table = table;
    this.#window = window;
  }

  expect(batch: PutBatch): void {
    this.#waiting.push(batch);
  }

  /** How many batches are in no result yet. */
  get missing(): number {
    return this.#waiting.length;
  }

  /** From put to result, of all batches since the last call. */
  takeLatencies(): readonly number[] {
    const taken = this.#latenciesMs;
    this.#latenciesMs = [];
    return taken;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await sleep(lookEveryMs);
    }
  }

  async #look(): Promise<void> {
    const waiting = this.#waiting;
    const keys = new Set(waiting.map((batch) => this.#keyOf(batch)));
    if (keys.size === 0) return;
    const { pk } = resultKey(job, 0);
    const { Responses } = await this.#client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [this.#table]: {
            Keys: [...keys].map((sk) => ({ pk: { S: pk }, sk: { S: sk } })),
            ConsistentRead: true,
            ProjectionExpression: 'sk, lineage',
          },
        },
      }),
    );
    const nowMs = Date.now();
    const items = (Responses?.[this.#table] ?? []).map((item) =>
      resultItem.parse(unmarshall(item)),
    );
    const byKey = new Map(items.map(({ sk, lineage }) => [sk, lineage]));
    const isIn = (batch: PutBatch): boolean => {
      const lineage = byKey.get(this.#keyOf(batch));
      return [...batch.last].every(([shard, last]) => {
        const told = lineage?.[`clickstream/${shard}`]?.last;
        return told !== undefined && compareSequenceNumbers(told, last) >= 0;
      });
    };
    const told = new Set(waiting.filter(isIn));
    this.#waiting = this.#waiting.filter((batch) => !told.has(batch));
    for (const { atMs } of told) this.#latenciesMs.push(nowMs - atMs);
  }

  #keyOf({ atMs }: PutBatch): string {
    const { sizeMs, slideMs } = this.#window;
    return resultKey(job, startOf(atMs, slideMs) + slideMs - sizeMs).sk;
  }
}
