import { parseArgs } from 'node:util';
import { inBenchCloud } from './bench-cloud.ts';
import { benchCheckouts } from './fraud/checkouts.ts';
import { benchFraudCore } from './fraud/core.ts';
import { benchFraudOrders } from './fraud/orders.ts';

const parts = ['core', 'orders', 'checkout'];

/**
 * Measures fraud, as lines of JSON: what one core makes of events alone (features, rules, score, all
 * together), and the whole local cloud from an order's commit to its alert and its case, at rates
 * that rise until it no longer follows; at last what a checkout waits for its decision.
 */
export async function benchFraud(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      parts: { type: 'string', default: parts.join(',') },
      rates: { type: 'string', default: '100,200,300,400,600,800' },
      seconds: { type: 'string', default: '15' },
      'alert-share': { type: 'string', default: '0.2' },
      orders: { type: 'string', default: '20000' },
      checkouts: { type: 'string', default: '50' },
    },
  });
  const wanted = values.parts.split(',');
  const rates = values.rates.split(',').map(Number);
  const [seconds, orders] = [Number(values.seconds), Number(values.orders)];
  const alertShare = Number(values['alert-share']);
  const checkouts = Number(values.checkouts);
  const isSound =
    wanted.every((part) => parts.includes(part)) &&
    [...rates, seconds, orders, checkouts].every((value) => value > 0) &&
    alertShare >= 0 &&
    alertShare <= 1;
  if (!isSound) {
    throw new RangeError(
      `Cannot measure: parts must be of ${parts.join(', ')}; rates, seconds, orders and checkouts positive, the share of alerts from 0 to 1: received ${args.join(' ')}`,
    );
  }
  if (wanted.includes('core')) benchFraudCore(orders);
  if (wanted.includes('orders')) {
    await inBenchCloud((cloud) => benchFraudOrders(cloud, { rates, seconds, alertShare }));
  }
  if (wanted.includes('checkout')) {
    await inBenchCloud((cloud) => benchCheckouts(cloud, { perSecond: checkouts, seconds }));
  }
}
