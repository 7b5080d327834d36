import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { RenderedRecord } from './render-record.ts';

export interface StreamWriter {
  /**
   * Puts records of one request and resolves when every one is acknowledged, however often it takes;
   * rejects only when stopped, or for a record that no retry would get through.
   */
  put(records: readonly RenderedRecord[]): Promise<void>;
}

export interface StreamWriterOptions {
  readonly kinesis: KinesisClient;
  readonly streamName: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Called for every request that has to be repeated. */
  readonly retried: (reason: string) => void;
}

/** Limits of PutRecords (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html). */
export const requestRecordsMax = 500;
export const requestBytesMax = 5 * 1024 * 1024;
export const recordBytesMax = 1024 * 1024;

const BACKOFF_MS_MIN = 20;
const BACKOFF_MS_MAX = 5_000;

/** What a record counts towards the limits: data and partition key. */
export function recordBytes({ data, partitionKey }: RenderedRecord): number {
  return data.length + Buffer.byteLength(partitionKey);
}

export function streamWriter(options: StreamWriterOptions): StreamWriter {
  const { kinesis, streamName, signal, log } = options;

  async function attempt(records: readonly RenderedRecord[]): Promise<readonly RenderedRecord[]> {
    const command = new PutRecordsCommand({
      StreamName: streamName,
      Records: records.map(({ data, partitionKey }) => ({
        Data: data,
        PartitionKey: partitionKey,
      })),
    });
    const { Records: results = [] } = await kinesis.send(command, { abortSignal: signal });
    const failed = results.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (failed === undefined) return [];
    options.retried(`${failed.ErrorCode}: ${failed.ErrorMessage}`);
    return toRepeat(records, (index) => results[index]?.ErrorCode !== undefined);
  }

  return {
    async put(records) {
      let left = records;
      let backoffMs = BACKOFF_MS_MIN;
      for (let tries = 1; ; tries += 1) {
        signal.throwIfAborted();
        try {
          left = await attempt(left);
          if (left.length === 0) return;
        } catch (error) {
          signal.throwIfAborted();
          options.retried(String(error));
          if (tries === 1) log(`put into "${streamName}" failed and is repeated: ${error}`);
        }
        await sleep(backoffMs, undefined, { signal });
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX);
      }
    },
  };
}

/**
 * What to send again: the failed entries, and whatever followed them under the same partition key,
 * although it arrived. Otherwise an older change would stand behind a newer one for good; this way
 * the last copies stand in order, and the first ones are known by their identity.
 */
export function toRepeat<Entry extends { readonly partitionKey: string }>(
  entries: readonly Entry[],
  failed: (index: number) => boolean,
): readonly Entry[] {
  const broken = new Set<string>();
  return entries.filter((entry, index) => {
    if (failed(index)) broken.add(entry.partitionKey);
    return broken.has(entry.partitionKey);
  });
}
