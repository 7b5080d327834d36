import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { compareSequenceNumbers } from '../../shared/stream/record.ts';

const pollMs = 100;
const patienceMs = 60_000;

/**
 * Waits until everything committed so far has gone the whole way: into the streams, through every
 * consumer, into the lake. Gives up after a minute, so that a part that is stuck shows as lost.
 *
 * @returns whether all was drained.
 */
export async function drain(cloud: LocalCloud): Promise<boolean> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), patienceMs);
  const overdue = new Promise<false>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve(false));
  });
  try {
    const captured = cloud.capture.drain().then(() => true);
    if (!(await Promise.race([captured, overdue]))) return false;
    // Changes make insights: what the first round puts, the second waits for.
    for (let round = 0; round < 2; round += 1) {
      if (!(await consumed(cloud, deadline.signal))) return false;
    }
    await cloud.firehose.flush();
    return true;
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until every consumer is done with what lies in its stream now. */
async function consumed(cloud: LocalCloud, overdue: AbortSignal): Promise<boolean> {
  const { kinesis, mappings } = cloud;
  const places = mappings.flatMap((mapping) => {
    const { streamName } = mapping.status();
    return kinesis.shards(streamName).map(({ shardId }) => {
      const last = kinesis.latestSequenceNumber(streamName, shardId);
      return { mapping, streamName, shardId, last };
    });
  });
  for (const { mapping, streamName, shardId, last } of places) {
    for (;;) {
      const shard = mapping.status().shards.find((one) => one.shardId === shardId);
      const done = shard?.sequenceNumber;
      if (shard?.state === 'ended') break;
      if (done !== undefined && compareSequenceNumbers(done, last) >= 0) break;
      const one = { limit: 1, bytesMax: 1 };
      if (shard && kinesis.read(streamName, shardId, done, one).records.length === 0) break;
      if (overdue.aborted) return false;
      await sleep(pollMs);
    }
  }
  return true;
}
