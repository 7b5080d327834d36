import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { deliverDue } from '../../../functions/alert-delivery/deliver-batch.ts';
import { Outages } from '../../../functions/alert-delivery/outages.ts';
import { postTo } from '../../../functions/alert-delivery/post-to.ts';
import type { DeliveryParts } from '../../../functions/alert-delivery/send-lane.ts';
import type { Target } from '../../../functions/alert-delivery/targets.ts';
import { AlertLog } from '../../../shared/alerts/alert-log.ts';
import { LaneTable } from '../../../shared/alerts/lane-table.ts';
import type { Mute } from '../../../shared/alerts/mutes.ts';
import { UndeliveredTable } from '../../../shared/alerts/undelivered.ts';
import type { AlertData } from '../../../shared/events/alert.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';
import type { Faults } from '../../shared/jobs/job-rig.ts';

export const startMs = Date.UTC(2026, 2, 1, 12);

export function alertData(customerId = 'c1', atMs = startMs): AlertData {
  return {
    rule: 'high-value-order',
    ruleVersion: 1,
    severity: 'warning',
    title: 'Order of unusually high value',
    reason: 'it is',
    orderId: 'o',
    customerId,
    totalCents: 100_000,
    atMs,
    committedAtMs: atMs,
  };
}

/** An alert that nobody has seen, of a customer of its own unless one is named. */
export function newAlert(customerId: string = randomUUID(), changes: Partial<AlertData> = {}) {
  return { id: `alert-${randomUUID()}`, data: { ...alertData(customerId), ...changes } };
}

export const clock = { nowMs: startMs };

/** An instance of alert delivery whose time moves only by its pauses; plain JSON to each target. */
export function instance(
  cloud: PlayedCloud,
  receivers: Receiver | Readonly<Record<string, Receiver>>,
  answerWithinMs = 5_000,
) {
  const targets = 'taken' in receivers ? { default: receivers as Receiver } : receivers;
  const known = new Map(
    Object.entries(targets).map(([name, { url }]) => [name, { form: 'webhook', url } as Target]),
  );
  const find = async (name: string) => {
    const target = known.get(name) ?? known.get('default');
    if (!target) throw new Error(`Cannot deliver alerts: received "${name}"`);
    return target;
  };
  const pauses: number[] = [];
  const mutes: Mute[] = [];
  const now = () => clock.nowMs;
  const client: DynamoDBClient = cloud.dynamo;
  const parts: DeliveryParts = {
    log: new AlertLog(client, 'dev-alerts'),
    lanes: new LaneTable(client, 'dev-alerts'),
    undelivered: new UndeliveredTable(client, 'dev-alerts'),
    outages: new Outages(),
    shopUrl: 'http://shop.example',
    momentsToldWithinMs: 1_800_000,
    now,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      clock.nowMs += milliseconds;
    },
    mutes: async () => mutes,
    targetNames: async () => [...known.keys()],
    post: (target, message) => postTo({ find }, target, message, now, answerWithinMs),
  };
  return { parts, pauses, mutes };
}

/** What the log says of an alert at a target. */
export async function logged(cloud: PlayedCloud, id: string, target = 'default') {
  const alert = await new AlertLog(cloud.dynamo, 'dev-alerts').read(id);
  return alert?.deliveries[target];
}

/**
 * Gives the tests of a file a cloud, and each of them a receiver of its own; nothing that one leaves
 * behind is sent in the next.
 */
export function playDelivery(
  faults: Faults,
  use: (played: { readonly cloud: PlayedCloud; readonly receiver: Receiver }) => void,
): void {
  let cloud: PlayedCloud;
  let receiver: Receiver;
  beforeAll(async () => {
    cloud = await playCloud(faults.disturb);
  });
  afterAll(() => cloud.close());
  beforeEach(async () => {
    receiver = await openReceiver();
    clock.nowMs = startMs;
    use({ cloud, receiver });
  });
  afterEach(async () => {
    faults.before.clear();
    faults.after.clear();
    receiver.always = undefined;
    clock.nowMs = startMs + 100 * 24 * 3_600_000;
    const { parts } = instance(cloud, receiver);
    await deliverDue({ ...parts, post: async () => ({ kind: 'sent' }) }, clock.nowMs + 60_000);
    await receiver.close();
  });
}

/** What the schedule sends, where nothing fails. */
export async function sweep({ parts }: ReturnType<typeof instance>) {
  const { deliveries, errors } = await deliverDue(parts, parts.now() + 60_000);
  expect(errors).toEqual([]);
  return deliveries;
}
