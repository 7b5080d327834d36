import { parseArgs } from 'node:util';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { inBenchCloud } from './bench-cloud.ts';
import { benchChanges } from './end-to-end/changes.ts';
import { benchClicks } from './end-to-end/clicks.ts';
import { benchOrders } from './end-to-end/orders.ts';
import { benchShards } from './end-to-end/shards.ts';

/** Parts and the rates per second that they rise through, if not told. */
const defaultRates = {
  orders: '100,200,300,400,600,800,1200,1600',
  clicks: '1000,5000,10000,20000,40000,60000',
  changes: '500,2000,4000,6000,8000',
  shards: '5000,10000,20000',
} as const;

type Part = keyof typeof defaultRates;
const parts: readonly Part[] = ['orders', 'clicks', 'changes', 'shards'];

/**
 * Measures the whole local cloud, each part in one of its own, as lines of JSON: orders one by one
 * to results and alerts, clicks to preliminary results, row changes in bulk to results, clicks over
 * more and more shards. Rates rise until the system no longer follows; then everything is held
 * against what was put in.
 */
export async function benchEndToEnd(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      parts: { type: 'string', default: parts.join(',') },
      rates: { type: 'string' },
      seconds: { type: 'string', default: '15' },
      'alert-share': { type: 'string', default: '0.2' },
      'result-ms-max': { type: 'string', default: '1000' },
    },
  });
  const seconds = Number(values.seconds);
  const alertShare = Number(values['alert-share']);
  const resultMsMax = Number(values['result-ms-max']);
  const wanted = parts.filter((part) => values.parts.split(',').includes(part));
  const ratesOf = (part: Part): number[] =>
    (values.rates ?? defaultRates[part]).split(',').map(Number);
  const positive = [seconds, resultMsMax, ...wanted.flatMap(ratesOf)];
  const isShare = alertShare >= 0 && alertShare <= 1;
  if (wanted.length === 0 || !positive.every((value) => value > 0) || !isShare) {
    throw new RangeError(
      `Cannot measure: parts must be of ${parts.join(', ')}; rates, seconds and times positive, the share of alerts from 0 to 1: received ${args.join(' ')}`,
    );
  }
  const benches: Readonly<Record<Part, (cloud: LocalCloud) => Promise<void>>> = {
    orders: (cloud) => benchOrders(cloud, { rates: ratesOf('orders'), seconds, alertShare }),
    clicks: (cloud) => benchClicks(cloud, { rates: ratesOf('clicks'), seconds, resultMsMax }),
    changes: (cloud) => benchChanges(cloud, { rates: ratesOf('changes'), seconds }),
    shards: (cloud) => benchShards(cloud, { rates: ratesOf('shards'), seconds, resultMsMax }),
  };
  for (const part of wanted) await inBenchCloud(benches[part]);
}
