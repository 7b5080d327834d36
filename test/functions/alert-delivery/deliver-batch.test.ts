import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverAll, deliverDue } from '../../../functions/alert-delivery/deliver-batch.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';
import { alertData, clock, instance, logged, startMs } from './delivery-rig.ts';

const faults = new Faults();
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let cloud: PlayedCloud;
let receiver: Receiver;

beforeAll(async () => {
  cloud = await playCloud(faults.disturb);
});
afterAll(() => cloud.close());
beforeEach(async () => {
  receiver = await openReceiver();
  clock.nowMs = startMs;
});
afterEach(async () => {
  faults.before.clear();
  faults.after.clear();
  receiver.always = undefined;
  // Nothing is left that waits: the next test would send it.
  clock.nowMs = startMs + 100 * 24 * hourMs;
  const { parts } = instance(cloud, receiver);
  await deliverDue({ ...parts, post: async () => ({ kind: 'sent' }) }, clock.nowMs + minuteMs);
  await receiver.close();
});

function newAlert(customerId?: string) {
  return { id: `alert-${randomUUID()}`, data: alertData(customerId) };
}

const sweep = ({ parts }: ReturnType<typeof instance>) => deliverDue(parts, parts.now() + minuteMs);

describe('deliverAll()', () => {
  it('sends an alert once, under redelivery and by several instances at once', async () => {
    const alerts = [newAlert('a'), newAlert('b'), newAlert('a')];
    const instances = Array.from({ length: 3 }, () => instance(cloud, receiver));
    const told = await Promise.all(instances.map(({ parts }) => deliverAll(alerts, parts)));
    expect(told.flatMap(({ deliveries }) => deliveries)).toHaveLength(3);
    expect(receiver.taken.toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());

    const [first = instance(cloud, receiver)] = instances;
    expect(await deliverAll([...alerts, ...alerts], first.parts)).toEqual({
      deliveries: [],
      errors: [],
    });
    clock.nowMs += hourMs;
    expect(await sweep(first)).toEqual([]);
    expect(receiver.requests).toBe(3);
    expect(await logged(cloud, alerts[0]?.id ?? '')).toMatchObject({
      status: 'sent',
      attempts: 1,
      sentAt: startMs,
      day: '2026-03-01',
    });
  });

  it('keeps the order of each customer', async () => {
    const alerts = Array.from({ length: 30 }, (_, index) => newAlert(`customer-${index % 3}`));
    await deliverAll(alerts, instance(cloud, receiver).parts);
    const customerOf = new Map(alerts.map(({ id, data }) => [id, data.customerId]));
    for (const customer of new Set(customerOf.values())) {
      const sent = receiver.taken.filter((id) => customerOf.get(id) === customer);
      const wanted = alerts.filter(({ data }) => data.customerId === customer);
      expect(sent).toEqual(wanted.map(({ id }) => id));
    }
  });

  it('tries again at once when the receiver fails shortly', async () => {
    receiver.mishaps.push({ status: 500 }, 'reset');
    const { parts, pauses } = instance(cloud, receiver);
    const alert = newAlert();
    const { deliveries } = await deliverAll([alert], parts);
    expect(deliveries).toMatchObject([{ id: alert.id, status: 'sent', attempts: 3 }]);
    expect(pauses).toEqual([750, 1_500]);
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('waits as long as the receiver asks, at once or by the schedule', async () => {
    receiver.mishaps.push({ status: 429, retryAfter: '2' }, { status: 429, retryAfter: '90' });
    const { parts, pauses } = instance(cloud, receiver);
    const alert = newAlert();
    const { deliveries } = await deliverAll([alert], parts);
    expect(deliveries).toMatchObject([
      { status: 'pending', attempts: 2, reason: 'the receiver answered 429 not now' },
    ]);
    expect(pauses).toEqual([2_000]);
    clock.nowMs = startMs + 2_000 + 89_999;
    expect(await sweep(instance(cloud, receiver))).toEqual([]);
    clock.nowMs += 1;
    expect(await sweep(instance(cloud, receiver))).toMatchObject([{ status: 'sent', attempts: 3 }]);
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('does not wait longer than an hour, whatever the receiver asks', async () => {
    receiver.mishaps.push({ status: 429, retryAfter: '99999999' });
    const alert = newAlert();
    await deliverAll([alert], instance(cloud, receiver).parts);
    clock.nowMs += hourMs;
    expect(await sweep(instance(cloud, receiver))).toMatchObject([{ status: 'sent' }]);
  });

  it('only logs the rest while the receiver is down, and the sweep sends them in order', async () => {
    receiver.always = { status: 503 };
    const alerts = Array.from({ length: 130 }, (_, index) => newAlert(`c${index % 2}`));
    const { deliveries } = await deliverAll(alerts, instance(cloud, receiver).parts);
    expect(deliveries).toHaveLength(130);
    expect(deliveries.every(({ status }) => status === 'pending')).toBe(true);
    expect(receiver.requests).toBeLessThanOrEqual(6);

    clock.nowMs += minuteMs;
    const requests = receiver.requests;
    expect(await sweep(instance(cloud, receiver))).toHaveLength(1);
    expect(receiver.requests - requests).toBeLessThanOrEqual(3);

    receiver.always = undefined;
    clock.nowMs += minuteMs;
    await Promise.all([sweep(instance(cloud, receiver)), sweep(instance(cloud, receiver))]);
    expect(receiver.taken.toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());
  });

  it('keeps the order of a customer also through an outage', async () => {
    receiver.mishaps.push({ status: 429, retryAfter: '40' });
    receiver.always = { status: 500 };
    const alerts = [newAlert(), newAlert(), newAlert()];
    for (const alert of alerts) {
      await deliverAll([alert], instance(cloud, receiver).parts);
      clock.nowMs += 10;
    }
    receiver.always = undefined;
    clock.nowMs += minuteMs;
    await sweep(instance(cloud, receiver));
    expect(receiver.taken).toEqual(alerts.map(({ id }) => id));
  });

  it('takes a receiver that hangs for one that fails', async () => {
    receiver.mishaps.push('hang');
    const alert = newAlert();
    const { parts } = instance(cloud, receiver, 1_000);
    const { deliveries } = await deliverAll([alert], parts);
    expect(deliveries).toMatchObject([{ status: 'sent', attempts: 2 }]);
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('doubles an alert only where nobody can know whether it arrived', async () => {
    receiver.mishaps.push('take and reset');
    const alert = newAlert();
    await deliverAll([alert], instance(cloud, receiver).parts);
    expect(receiver.taken).toEqual([alert.id, alert.id]);
  });

  it('goes on with other customers when the log fails, and tells the error', async () => {
    const { parts, log } = instance(cloud, receiver);
    const [bad, good] = [newAlert('a'), newAlert('b')];
    const begin = log.begin.bind(log);
    log.begin = (id, data, nowMs) =>
      id === bad.id ? Promise.reject(new Error('throttled')) : begin(id, data, nowMs);
    const { deliveries, errors } = await deliverAll([bad, good], parts);
    expect(deliveries).toMatchObject([{ id: good.id, status: 'sent' }]);
    expect(errors).toEqual([new Error('throttled')]);
  });
});

describe('deliverDue()', () => {
  it('sends what a crash after the claim left behind, once the claim has passed', async () => {
    const alert = newAlert();
    const { log } = instance(cloud, receiver);
    await log.begin(alert.id, alert.data, clock.nowMs);
    clock.nowMs += 29_999;
    expect(await sweep(instance(cloud, receiver))).toEqual([]);
    clock.nowMs += 1;
    expect(await sweep(instance(cloud, receiver))).toMatchObject([{ id: alert.id, attempts: 1 }]);
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('sends again what was sent and not noted: whether it was, nobody knows', async () => {
    const alert = newAlert();
    faults.before.add('UpdateItem');
    const { errors } = await deliverAll([alert], instance(cloud, receiver).parts);
    expect(errors).toHaveLength(1);
    faults.before.clear();
    await deliverAll([alert], instance(cloud, receiver).parts);
    expect(receiver.taken).toEqual([alert.id]);
    clock.nowMs += 30_000;
    await sweep(instance(cloud, receiver));
    expect(receiver.taken).toEqual([alert.id, alert.id]);
    expect(await logged(cloud, alert.id)).toMatchObject({ status: 'sent' });
  });

  it('lets an instance that lost its claim undo nothing', async () => {
    const alert = newAlert();
    const slow = instance(cloud, receiver);
    const other = instance(cloud, receiver);
    const { parts } = slow;
    const frozen = {
      ...parts,
      post: async () => {
        clock.nowMs += 31_000;
        await sweep(other);
        return { kind: 'failed', reason: 'connection lost', retryAfterMs: 60_000 } as const;
      },
    };
    await deliverAll([alert], frozen);
    expect(receiver.taken).toEqual([alert.id]);
    expect(await logged(cloud, alert.id)).toMatchObject({ status: 'sent' });
    clock.nowMs += hourMs;
    expect(await sweep(other)).toEqual([]);
  });

  it('lets an instance that lost its claim free no alert that another is sending', async () => {
    const alert = newAlert();
    const { parts, log } = instance(cloud, receiver);
    const frozen = {
      ...parts,
      post: async () => {
        clock.nowMs += 31_000;
        await log.claim(alert.id, clock.nowMs);
        return { kind: 'failed', reason: 'connection lost', retryAfterMs: 5_000 } as const;
      },
    };
    await deliverAll([alert], frozen);
    clock.nowMs += 6_000;
    expect(await sweep(instance(cloud, receiver))).toEqual([]);
    clock.nowMs += 30_000;
    expect(await sweep(instance(cloud, receiver))).toMatchObject([{ status: 'sent' }]);
  });

  it('begins no attempt when the claim is about to pass', async () => {
    const alert = newAlert();
    const { parts } = instance(cloud, receiver);
    receiver.mishaps.push({ status: 500 });
    const frozen = {
      ...parts,
      sleep: async () => {
        clock.nowMs += 29_000;
      },
    };
    const { deliveries } = await deliverAll([alert], frozen);
    expect(deliveries).toMatchObject([{ status: 'pending', attempts: 1 }]);
    expect(receiver.requests).toBe(1);
    clock.nowMs += 30_000;
    await sweep(instance(cloud, receiver));
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('gives an alert up after a day, once, with the last reason', async () => {
    receiver.always = { status: 410 };
    const alert = newAlert();
    await deliverAll([alert], instance(cloud, receiver).parts);
    for (let hour = 0; hour < 24; hour += 1) {
      clock.nowMs += hourMs - 10_000;
      const { givenUp, ...rest } = instance(cloud, receiver);
      await sweep({ givenUp, ...rest });
      expect(givenUp).toEqual([]);
    }
    clock.nowMs = startMs + 25 * hourMs;
    const last = instance(cloud, receiver);
    expect(await sweep(last)).toMatchObject([{ id: alert.id, status: 'failed' }]);
    expect(last.givenUp).toEqual([[alert.id, 'the receiver answered 410 not now']]);
    receiver.always = undefined;
    clock.nowMs += 48 * hourMs;
    expect(await sweep(instance(cloud, receiver))).toEqual([]);
    expect(await logged(cloud, alert.id)).toMatchObject({
      status: 'failed',
      lastError: 'the receiver answered 410 not now',
    });
  });

  it('ends when its time is over', async () => {
    const { log, parts } = instance(cloud, receiver);
    for (let count = 0; count < 3; count += 1) {
      const { id, data } = newAlert();
      await log.leave(id, data, clock.nowMs);
    }
    const busy = {
      ...parts,
      post: async () => {
        clock.nowMs += 10_000;
        return { kind: 'sent' } as const;
      },
    };
    expect(await deliverDue(busy, clock.nowMs + 15_000)).toHaveLength(2);
    expect(await sweep(instance(cloud, receiver))).toHaveLength(1);
  });
});
