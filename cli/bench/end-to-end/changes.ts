import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { settings } from '../../../shared/config/settings.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { cpuMeter } from '../../cpu-meter.ts';
import { drain } from '../../start/drain.ts';
import { summarise } from '../../start/summary.ts';
import { putChanges } from './put-changes.ts';

const warmUp = { perSecond: 200, seconds: 5 };
/** Beyond this a rate counts as one that the machine does not follow. */
const resultMsMax = 1_000;

/** How fast rows are to change, and for how long. */
export interface ChangeRates {
  readonly rates: readonly number[];
  readonly seconds: number;
}

/**
 * Changes rows of PostgreSQL at rising rates, through the capture to the revenue result, and
 * measures how long after its commit a change is in it.
 */
export async function benchChanges(cloud: LocalCloud, load: ChangeRates): Promise<void> {
  await putChanges(cloud.database, warmUp.perSecond, warmUp.seconds);
  for (const perSecond of load.rates) {
    await drain(cloud);
    const line = await measure(cloud, perSecond, load.seconds);
    console.log(JSON.stringify({ bench: 'end-to-end', part: 'changes', ...line }));
    if (line.bent) break;
  }
  await balanceWithDatabase(cloud, 'changes');
}

async function measure(cloud: LocalCloud, perSecond: number, seconds: number) {
  cloud.metrics.clear();
  const used = cpuMeter();
  const put = await putChanges(cloud.database, perSecond, seconds);
  const { cpuCores, rssMb } = used();
  const startedMs = performance.now();
  await drain(cloud);
  const drainMs = Math.round(performance.now() - startedMs);
  // Functions write their metrics at the end of an invocation.
  await sleep(500);
  const commitToResultMs = percentiles(cloud.metrics.values('CommitToResult'));
  return {
    targetPerSecond: perSecond,
    reachedPerSecond: Math.round(put.perSecond),
    changes: put.changes,
    commitToResultMs,
    drainMs,
    cpuCores,
    rssMb,
    bent: put.perSecond < 0.95 * perSecond || (commitToResultMs?.p99 ?? 0) > resultMsMax,
  };
}

/** Holds every output against PostgreSQL and prints what is lost or doubled. */
export async function balanceWithDatabase(cloud: LocalCloud, part: string): Promise<void> {
  const { orders, lost, doubled } = await summarise(cloud, await drain(cloud), settings({}));
  console.log(JSON.stringify({ bench: 'end-to-end', part, orders, lost, doubled }));
  if (lost + doubled > 0) process.exitCode = 1;
}
