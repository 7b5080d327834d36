import type { SideRecord } from '../stream/commit/slice.ts';
import { numberOf, textOf } from '../stream/state/control.ts';
import { quarantinePartition, type Run, wholePartition } from '../stream/state/layout.ts';
import { type Item, type StateStore, tolerateRefusal } from '../stream/state-store.ts';
import { type DeadLetterQueue, sendDeadLetters } from './dead-letters.ts';

/** Longer than it takes to send the letters of one row. */
const claimMs = 60_000;

/**
 * Moves a job's quarantined records to the dead-letter queue. A row is claimed before it is sent,
 * so that of many at work one sends it; only a crash between sending and removing repeats it, once
 * the claim has passed.
 *
 * @returns how many records were moved.
 */
export async function drainQuarantine(
  job: Run,
  store: StateStore,
  { client, queueUrl }: DeadLetterQueue,
  nowMs: number,
): Promise<number> {
  const partition = quarantinePartition(job);
  const rows = await store.query(partition, wholePartition);
  let sent = 0;
  for (const row of rows) {
    const key = { ...partition, sk: row.sk };
    if (!(await claim(row))) continue;
    const records: SideRecord[] = JSON.parse(textOf(row, 'records'));
    const letters = records.map((record) => ({ consumer: job.name, ...record }));
    await sendDeadLetters(client, queueUrl, letters);
    await store.remove([key]);
    sent += letters.length;

    async function claim(claimed: Item): Promise<boolean> {
      const claimedUntilMs = numberOf(claimed, 'claimedUntilMs');
      if (claimedUntilMs > nowMs) return false;
      const put = { ...claimed.attributes, claimedUntilMs: nowMs + claimMs };
      const condition = { attribute: 'claimedUntilMs', equals: claimedUntilMs };
      return tolerateRefusal(() => store.transact([{ key, condition, put }]));
    }
  }
  return sent;
}
