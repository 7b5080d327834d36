import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { cpuMeter } from '../cpu-meter.ts';
import { drain } from '../start/drain.ts';

/** Beyond this, from commit to alert, a rate counts as one that the machine does not follow. */
const alertMsMax = 1_000;

/** Puts a load on a cloud that has rested, and says what that took until everything was done. */
export async function measureLoad<Put>(cloud: LocalCloud, put: () => Promise<Put>) {
  cloud.metrics.clear();
  const used = cpuMeter();
  const done = await put();
  const { cpuCores, rssMb } = used();
  const drainStartMs = Date.now();
  await drain(cloud);
  // Functions write their metrics at the end of an invocation.
  await sleep(500);
  return { done, taken: { drainMs: Date.now() - drainStartMs, cpuCores, rssMb } };
}

/** Whether the load or the alerts fell behind. */
export function isBent(
  rates: { readonly target: number; readonly reached: number },
  commitToAlertMs: { readonly p99: number } | null,
): boolean {
  return rates.reached < 0.95 * rates.target || (commitToAlertMs?.p99 ?? 0) > alertMsMax;
}
