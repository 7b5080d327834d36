import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { Wait } from '../../shared/kinesis/put-records.ts';
import type { Pack } from './packs.ts';

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html: 500 records, 4 MiB. */
const packsMax = 500;
const requestBytesMax = 4_000_000;
const attemptsMax = 6;
const firstDelayMs = 100;
const delayMaxMs = 5_000;

/** What did not arrive, and why. */
export interface Undelivered {
  readonly packs: readonly Pack[];
  readonly reason: string;
}

/**
 * Puts packs into a delivery stream. Only the entries that Firehose refuses are sent again, with
 * back-off; one that is refused to the end, or whose request fails, is returned: what arrived stays.
 */
export async function deliver(
  client: FirehoseClient,
  deliveryStream: string,
  packs: readonly Pack[],
  wait: Wait,
): Promise<Undelivered | undefined> {
  const undelivered: Pack[] = [];
  let reason = '';
  for (const request of requestsOf(packs)) {
    const left = await deliverRequest(client, deliveryStream, request, wait);
    if (!left) continue;
    undelivered.push(...left.packs);
    reason = left.reason;
  }
  return undelivered.length > 0 ? { packs: undelivered, reason } : undefined;
}

async function deliverRequest(
  client: FirehoseClient,
  deliveryStream: string,
  request: readonly Pack[],
  { sleep, random }: Wait,
): Promise<Undelivered | undefined> {
  let pending = request;
  let reason = '';
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { RequestResponses: outcomes = [] } = await client.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: deliveryStream,
          Records: pending.map(({ data }) => ({ Data: data })),
        }),
      );
      const refusal = outcomes.find(({ ErrorCode }) => ErrorCode !== undefined);
      pending = pending.filter((_, index) => outcomes[index]?.ErrorCode !== undefined);
      if (pending.length === 0) return undefined;
      reason = `${refusal?.ErrorCode}: ${refusal?.ErrorMessage}`;
    } catch (error) {
      // The client has tried this request again by itself where that could help.
      return { packs: pending, reason: error instanceof Error ? error.message : String(error) };
    }
    if (attempt === attemptsMax) return { packs: pending, reason };
    await sleep(Math.min(delayMaxMs, firstDelayMs * 2 ** attempt) * (0.5 + random() / 2));
  }
}

function* requestsOf(packs: readonly Pack[]): Iterable<readonly Pack[]> {
  let request: Pack[] = [];
  let bytes = 0;
  for (const pack of packs) {
    if (
      request.length === packsMax ||
      (request.length > 0 && bytes + pack.data.length > requestBytesMax)
    ) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(pack);
    bytes += pack.data.length;
  }
  if (request.length > 0) yield request;
}
