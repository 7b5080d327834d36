import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SideRecord } from '../stream/commit/slice.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';

/** One record that a consumer could not take, as it lies in the dead-letter queue. */
export interface DeadLetter extends SideRecord {
  /** The job or function that could not take it; a replay goes to it alone. */
  readonly consumer: string;
}

/** Where dead letters go. */
export interface DeadLetterQueue {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const batchMax = 10;
const batchBytesMax = 1_000_000;
const attemptsMax = 3;
/** Of a record that no job has cut; base64 makes a third more of it. */
const dataBytesMax = 96 * 1024;
const reasonLengthMax = 1_000;

/** The letter about a record that `consumer` cannot take; data and reason are cut to fit a message. */
export function deadLetter(
  consumer: string,
  from: ShardId,
  { sequenceNumber, arrivalMs, data }: StreamRecord,
  reason: string,
): DeadLetter {
  return {
    consumer,
    ...from,
    sequenceNumber,
    arrivalMs,
    reason: reason.slice(0, reasonLengthMax),
    data: Buffer.from(data.subarray(0, dataBytesMax)).toString('base64'),
    truncated: data.length > dataBytesMax,
  };
}

/**
 * Sends records to the dead-letter queue, one message each, with reason and position. Only what
 * the queue refuses is sent again.
 *
 * @throws Error when the queue still refuses letters after {@link attemptsMax} tries.
 */
export async function sendDeadLetters(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const batch of batchesOf(letters.map(messageOf))) {
    let pending = batch.map(
      (MessageBody, index): SendMessageBatchRequestEntry => ({ Id: String(index), MessageBody }),
    );
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: pending }),
      );
      if (Failed.length > 0 && attempt === attemptsMax) {
        throw new Error(
          `Cannot send ${Failed.length} dead letters: ${Failed[0]?.Code}: ${Failed[0]?.Message}`,
        );
      }
      const refused = new Set(Failed.map(({ Id }) => Id));
      pending = pending.filter(({ Id }) => refused.has(Id));
    }
  }
}

/** SQS refuses two characters that a reason may quote, and local ones all outside the first plane. */
function messageOf(letter: DeadLetter): string {
  return JSON.stringify(letter).replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}

function* batchesOf(bodies: readonly string[]): Iterable<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (batch.length === batchMax || (batch.length > 0 && bytes + size > batchBytesMax)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
