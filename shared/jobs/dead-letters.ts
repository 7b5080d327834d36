import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { textOf } from '../stream/control.ts';
import type { Job } from '../stream/job.ts';
import { quarantinePartition } from '../stream/layout.ts';
import type { SideRecord } from '../stream/slice.ts';
import type { StateStore } from '../stream/state-store.ts';

/** One record that a consumer could not take, as it lies in the dead-letter queue. */
export interface DeadLetter extends SideRecord {
  /** The job or function that could not take it; a replay goes to it alone. */
  readonly consumer: string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const batchMax = 10;
const batchBytesMax = 1_000_000;

/** Sends records to the dead-letter queue, one message each, with reason and position. */
export async function sendDeadLetters(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const bodies of batchesOf(letters.map((letter) => JSON.stringify(letter)))) {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );
    if (Failed.length > 0) {
      throw new Error(
        `Cannot send ${Failed.length} dead letters: ${Failed[0]?.Code}: ${Failed[0]?.Message}`,
      );
    }
  }
}

/** Moves a job's quarantined records to the dead-letter queue. A crash in between repeats some. */
export async function drainQuarantine<Event>(
  job: Job<Event>,
  store: StateStore,
  client: SQSClient,
  queueUrl: string,
): Promise<number> {
  const partition = quarantinePartition(job);
  const rows = await store.query(partition, { from: ' ', to: '~' });
  let sent = 0;
  for (const row of rows) {
    const records: SideRecord[] = JSON.parse(textOf(row, 'records'));
    const letters = records.map((record) => ({ consumer: job.name, ...record }));
    await sendDeadLetters(client, queueUrl, letters);
    await store.remove([{ ...partition, sk: row.sk }]);
    sent += letters.length;
  }
  return sent;
}

function* batchesOf(bodies: readonly string[]): Iterable<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    if (batch.length === batchMax || (batch.length > 0 && bytes + body.length > batchBytesMax)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += body.length;
  }
  if (batch.length > 0) yield batch;
}
