import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { drain } from '../../start/drain.ts';
import { cpuMeter } from '../bench-cloud.ts';
import { balanceWithDatabase } from './changes.ts';
import { putOrders } from './put-orders.ts';

const warmUpSeconds = 8;
/** Beyond this a rate counts as one that the machine does not follow. */
const alertMsMax = 1_000;

/** How fast orders are to come, for how long, and how many of them are worth an alert. */
export interface OrderRates {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly alertShare: number;
}

/**
 * Puts orders into PostgreSQL at rising rates, one transaction and one item each, and measures how
 * long after its commit an order is in the revenue result, and an alert at the webhook.
 */
export async function benchOrders(cloud: LocalCloud, load: OrderRates): Promise<void> {
  const { rates, seconds, alertShare } = load;
  await putOrders(cloud.database, { perSecond: 50, seconds: warmUpSeconds, alertShare });
  for (const perSecond of rates) {
    await drain(cloud);
    const line = await measure(cloud, perSecond, seconds, alertShare);
    console.log(JSON.stringify({ bench: 'end-to-end', part: 'orders', ...line }));
    if (line.bent) break;
  }
  await balanceWithDatabase(cloud, 'orders');
}

async function measure(cloud: LocalCloud, perSecond: number, seconds: number, alertShare: number) {
  cloud.metrics.clear();
  const used = cpuMeter();
  const put = await putOrders(cloud.database, { perSecond, seconds, alertShare });
  const { cpuCores, rssMb } = used();
  const drainStartMs = Date.now();
  await drain(cloud);
  // Functions write their metrics at the end of an invocation.
  await sleep(500);
  const commitToAlertMs = percentiles(cloud.metrics.values('CommitToAlert'));
  const commitToResultMs = percentiles(cloud.metrics.values('CommitToResult'));
  return {
    targetPerSecond: perSecond,
    reachedPerSecond: Math.round(put.perSecond),
    orders: put.orders,
    alertShare,
    alerts: cloud.metrics.values('CommitToAlert').length,
    commitToAlertMs,
    commitToResultMs,
    drainMs: Date.now() - drainStartMs,
    cpuCores,
    rssMb,
    bent: put.perSecond < 0.95 * perSecond || (commitToAlertMs?.p99 ?? 0) > alertMsMax,
  };
}
