import { expect, test } from 'vitest';
import { deliverAll } from '../../../functions/alert-delivery/deliver-batch.ts';
import { readAlert } from '../../../functions/alert-delivery/read-alert.ts';
import { flashSaleAlert } from '../../../functions/statistics/flash-sale-alert.ts';
import { spikeAlert } from '../../../functions/statistics/spike-alert.ts';
import { AlertLog } from '../../../shared/alerts/alert-log.ts';
import { insightRecord } from '../../../shared/events/insight.ts';
import type { ClosingEmission } from '../../../shared/stream/job.ts';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';
import type { Receiver } from '../../fixtures/webhook-receiver.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';
import { clock, instance, logged, playDelivery, startMs, sweep } from './delivery-rig.ts';

let cloud: PlayedCloud;
let receiver: Receiver;
playDelivery(new Faults(), (played) => {
  ({ cloud, receiver } = played);
});

const from = { stream: 'dev-insights', shard: 'shardId-000000000000' };
const sold = { sales: 40, quantity: 40, revenueCents: 99_900, orders: 40, sellers: 4 };

function spike(startMs: number): ClosingEmission {
  const before = { ...sold, sales: 10, orders: 10 };
  const pulse = {
    ...{ ...sold, linesWithoutSeller: 0, before, gates: [], insight: 'Sales leap' },
    ...{ growthPercent: 300, revenueGrowthPercent: 0, pValue: 0.00001, isSpike: true },
  };
  return spikeAlert(pulse, { startMs, endMs: startMs + 60_000 });
}

function candidate(productId: number): ClosingEmission {
  const product = {
    ...{ productId, category: 'Toys', views: 150, carts: 9, purchases: 1, quantity: 1 },
    ...{ revenueCents: 1_000, conversionPercent: 0.7, isCandidate: true },
  };
  return flashSaleAlert(product, { startMs, endMs: startMs + 600_000 });
}

/** The same alerts as they come through the stream. */
function received(emissions: readonly ClosingEmission[], revision = 1) {
  return emissions.map((emission) => {
    const insight = insightRecord({ name: 'job', generation: 1 }, { ...emission, revision });
    const read = readAlert(streamRecord(JSON.stringify(insight)), from);
    if (read.kind !== 'told') throw new Error(`not read as an alert: ${JSON.stringify(read)}`);
    return read.insight;
  });
}

test('a leap of sales is told once, also when its window is told anew, and the next waits', async () => {
  const first = received([spike(startMs)]);
  const { parts } = instance(cloud, receiver);
  expect(await deliverAll(first, parts)).toMatchObject({ deliveries: [{ status: 'sent' }] });
  clock.nowMs += 10_000;
  const again = received([spike(startMs)], 2);
  const next = received([spike(startMs + 30_000)]);
  const { deliveries } = await deliverAll([...again, ...next], parts);
  expect(deliveries).toMatchObject([{ status: 'pending', held: { why: 'cooldown' } }]);
  expect(receiver.taken).toEqual([`sales-spike|${startMs}`]);
  clock.nowMs += 20_000;
  expect(await sweep(instance(cloud, receiver))).toMatchObject([{ status: 'sent' }]);
  expect(await logged(cloud, `sales-spike|${startMs + 30_000}`)).toMatchObject({ status: 'sent' });
});

test('products have cooldowns of their own, and the log knows what an alert is about', async () => {
  const { parts } = instance(cloud, receiver);
  const alerts = received([candidate(7), candidate(8)]);
  expect((await deliverAll(alerts, parts)).errors).toEqual([]);
  const ids = [7, 8].map((product) => `flash-sale|${product}|${startMs}`);
  expect(receiver.taken.toSorted()).toEqual(ids);
  const log = new AlertLog(cloud.dynamo, 'dev-alerts');
  const alert = await log.read(ids[0] ?? '');
  expect(alert?.data).toMatchObject({ rule: 'flash-sale', entity: { kind: 'product', id: '7' } });
});

test('what is long over is logged, and sent to nobody', async () => {
  const first = startMs - 1;
  clock.nowMs = first + 60_000 + 1_800_001;
  const { parts } = instance(cloud, receiver);
  const old = received([spike(first), candidate(9)]);
  const { deliveries, errors } = await deliverAll(old, parts);
  expect(errors).toEqual([]);
  expect(deliveries).toMatchObject([{ held: { why: 'age' } }, { status: 'sent' }]);
  expect(receiver.taken).toEqual([`flash-sale|9|${startMs}`]);
  expect(await logged(cloud, `sales-spike|${first}`)).toMatchObject({
    status: 'muted',
    reason: 'it came 30 min after what it tells of',
  });
  expect((await deliverAll(old, parts)).deliveries).toEqual([]);
});
