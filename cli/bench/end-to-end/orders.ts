import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { drain } from '../../start/drain.ts';
import { isBent, measureLoad } from '../measure-load.ts';
import { balanceWithDatabase } from './changes.ts';
import { putOrders } from './put-orders.ts';

const warmUpSeconds = 8;

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
  const load = { perSecond, seconds, alertShare };
  const { done, taken } = await measureLoad(cloud, () => putOrders(cloud.database, load));
  const commitToAlertMs = percentiles(cloud.metrics.values('CommitToAlert'));
  const commitToResultMs = percentiles(cloud.metrics.values('CommitToResult'));
  return {
    targetPerSecond: perSecond,
    reachedPerSecond: Math.round(done.perSecond),
    orders: done.orders,
    alertShare,
    alerts: cloud.metrics.values('CommitToAlert').length,
    commitToAlertMs,
    commitToResultMs,
    ...taken,
    bent: isBent({ target: perSecond, reached: done.perSecond }, commitToAlertMs),
  };
}
