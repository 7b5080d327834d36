import { setTimeout as sleep } from 'node:timers/promises';
import { BesideOutlet } from '../../shared/jobs/beside-outlet.ts';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import type { JobsCloud } from '../jobs/cloud.ts';

const triesMax = 3;
const pauseMs = 200;

/**
 * Takes out of the outbox of a generation beside the live one what that one has passed, as functions
 * do with every sweep: what a command left there that was ended while it read the past must not be
 * published by a swap. What the live one lacks stays.
 */
export async function letGoOfPassed(
  cloud: Pick<JobsCloud, 'store' | 'shards' | 'now' | 'backOff'>,
  declared: DeclaredJob,
  generation: number,
): Promise<void> {
  const outlet = declared.open((job) => {
    const one = new BesideOutlet({ ...job, generation }, declared, cloud);
    return { sweep: () => one.sweep(), kept: () => one.kept };
  });
  for (let attempt = 1; ; attempt += 1) {
    await outlet.sweep();
    if (outlet.kept() === 0 || attempt === triesMax) return;
    await sleep(pauseMs);
  }
}
