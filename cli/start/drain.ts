import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCloud } from '../../infra/local/cloud.ts';

const pollMs = 200;
const patienceMs = 60_000;

/**
 * Waits until everything committed so far has gone the whole way: into the streams, through every
 * consumer, into the lake. Gives up after a minute, so that a part that is stuck shows as lost.
 *
 * @returns whether all was drained.
 */
export async function drain(cloud: LocalCloud): Promise<boolean> {
  const deadlineMs = Date.now() + patienceMs;
  const captured = new AbortController();
  const overdue = sleep(patienceMs, false, { signal: captured.signal }).catch(() => true);
  const drained = cloud.capture.drain().then(() => true);
  if (!(await Promise.race([drained, overdue]))) return false;
  captured.abort();
  // Changes make insights: twice in a row nothing is left to read.
  for (let quiet = 0; quiet < 2; await sleep(pollMs)) {
    if (Date.now() > deadlineMs) return false;
    quiet = isIdle(cloud) ? quiet + 1 : 0;
  }
  await cloud.firehose.flush();
  return true;
}

/** Ticks go on, so a poller may be about to bring one; what matters is that none lies waiting. */
function isIdle({ mappings }: LocalCloud): boolean {
  return mappings.every((mapping) =>
    mapping
      .status()
      .shards.every(({ state, behindMs }) => state === 'ended' || (behindMs ?? 1) === 0),
  );
}
