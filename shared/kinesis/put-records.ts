import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';

export interface Wait {
  sleep(milliseconds: number): Promise<void>;
  /** A number from 0 up to, not including, 1: spreads the retries of many senders. */
  random(): number;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const recordsMax = 500;
const requestBytesMax = 5 * 1024 * 1024;
const attemptsMax = 8;
const firstDelayMs = 50;
const delayMaxMs = 2_000;

/**
 * Puts records. Entries that a shard refuses (throttled, failing) are sent again, with back-off,
 * before the next request begins. Within a request a refused entry may be overtaken by a later one
 * of its key: readers go by identity and revision, not by place.
 *
 * @throws Error when entries are still refused after {@link attemptsMax} tries, with the last code.
 */
export async function putRecords(
  client: KinesisClient,
  streamName: string,
  records: readonly PutRecordsRequestEntry[],
  { sleep, random }: Wait,
): Promise<void> {
  for (const request of requestsOf(records)) {
    let pending = request;
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const { Records: outcomes = [] } = await client.send(
        new PutRecordsCommand({ StreamName: streamName, Records: pending }),
      );
      const refused = outcomes.find(({ ErrorCode }) => ErrorCode !== undefined);
      // Put is what got a number, nothing else.
      pending = pending.filter((_, index) => outcomes[index]?.SequenceNumber === undefined);
      if (pending.length === 0) break;
      if (attempt === attemptsMax) {
        throw new Error(
          `Cannot put ${pending.length} records into ${streamName}: ${refused?.ErrorCode ?? 'no outcome'}: ${refused?.ErrorMessage ?? ''}`,
        );
      }
      await sleep(Math.min(delayMaxMs, firstDelayMs * 2 ** attempt) * (0.5 + random() / 2));
    }
  }
}

function* requestsOf(
  records: readonly PutRecordsRequestEntry[],
): Iterable<PutRecordsRequestEntry[]> {
  let request: PutRecordsRequestEntry[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = (record.Data?.length ?? 0) + (record.PartitionKey?.length ?? 0);
    if (request.length === recordsMax || (request.length > 0 && bytes + size > requestBytesMax)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(record);
    bytes += size;
  }
  if (request.length > 0) yield request;
}
