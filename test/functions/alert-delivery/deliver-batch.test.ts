import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliverAll, deliverDue } from '../../../functions/alert-delivery/deliver-batch.ts';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import { openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';
import { clock, instance, logged, newAlert, playDelivery, startMs, sweep } from './delivery-rig.ts';

const faults = new Faults();
const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let cloud: PlayedCloud;
let receiver: Receiver;
playDelivery(faults, (played) => {
  ({ cloud, receiver } = played);
});

describe('deliverAll()', () => {
  it('sends an alert once, under redelivery and by several instances at once', async () => {
    const alerts = [newAlert(), newAlert(), newAlert()];
    const instances = Array.from({ length: 3 }, () => instance(cloud, receiver));
    const told = await Promise.all(instances.map(({ parts }) => deliverAll(alerts, parts)));
    expect(told.flatMap(({ errors }) => errors)).toEqual([]);
    expect(receiver.taken.toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());

    const [first = instance(cloud, receiver)] = instances;
    expect(await deliverAll([...alerts, ...alerts], first.parts)).toEqual({
      deliveries: [],
      errors: [],
    });
    clock.nowMs += hourMs;
    expect(await sweep(first)).toEqual([]);
    expect(receiver.requests).toBe(3);
    expect(await logged(cloud, alerts[0]?.id ?? '')).toEqual({
      status: 'sent',
      atMs: startMs,
      attempts: 1,
      count: 1,
    });
  });

  it('holds back alerts of one kind and entity, and tells of them when the cooldown ends', async () => {
    const customer = randomUUID();
    const alerts = Array.from({ length: 6 }, () => newAlert(customer));
    const [first, second, third, ...late] = alerts;
    if (!first || !second || !third) throw new Error('no alerts');
    await deliverAll([first, second], instance(cloud, receiver).parts);
    clock.nowMs += 29 * secondMs;
    const { deliveries } = await deliverAll([third], instance(cloud, receiver).parts);
    expect(deliveries).toMatchObject([
      { status: 'pending', held: { why: 'cooldown', untilMs: startMs + 30 * secondMs } },
    ]);
    expect(receiver.taken).toEqual([first.id]);
    expect(await logged(cloud, third.id)).toMatchObject({ status: 'held', toldWith: second.id });
    expect(await sweep(instance(cloud, receiver))).toEqual([]);

    clock.nowMs += secondMs;
    expect(await sweep(instance(cloud, receiver))).toMatchObject([
      { id: third.id, message: second.id, status: 'sent', heldBack: 1, prompt: false },
    ]);
    expect(receiver.messages.at(-1)).toMatchObject({
      id: second.id,
      count: 2,
      alert: { id: third.id },
      others: [{ id: second.id }],
    });
    expect(await logged(cloud, second.id)).toMatchObject({ status: 'sent', count: 2 });

    // The next waits a minute, and is told with what comes after it, though the sweep is late.
    clock.nowMs += 59 * secondMs;
    await deliverAll(late.slice(0, 2), instance(cloud, receiver).parts);
    clock.nowMs += 20 * secondMs;
    await deliverAll(late.slice(2), instance(cloud, receiver).parts);
    expect(receiver.messages.at(-1)).toMatchObject({ id: late[0]?.id, count: 3 });
    expect(receiver.requests).toBe(3);
  });

  it('keeps the order of an entity, alerts of different kinds', async () => {
    const customers = [0, 1, 2].map(() => randomUUID());
    const alerts = Array.from({ length: 30 }, (_, index) =>
      newAlert(customers[index % 3], { rule: `rule-${index}` }),
    );
    await deliverAll(alerts, instance(cloud, receiver).parts);
    for (const customer of customers) {
      const wanted = alerts.filter(({ data }) => data.customerId === customer);
      const ids = wanted.map(({ id }) => id);
      expect(receiver.taken.filter((id) => ids.includes(id))).toEqual(ids);
    }
  });

  it('keeps the order of an entity also through an outage', async () => {
    receiver.mishaps.push({ status: 429, retryAfter: '40' });
    receiver.always = { status: 500 };
    const customer = randomUUID();
    const alerts = ['a', 'b', 'c'].map((rule) => newAlert(customer, { rule }));
    for (const alert of alerts) {
      await deliverAll([alert], instance(cloud, receiver).parts);
      clock.nowMs += 10;
    }
    receiver.always = undefined;
    clock.nowMs += 5 * minuteMs;
    await sweep(instance(cloud, receiver));
    expect(receiver.taken).toEqual(alerts.map(({ id }) => id));
  });

  it('tells each target of its own, and one that is down keeps no other waiting', async () => {
    const onCall = await openReceiver();
    const receivers = { team: receiver, 'on-call': onCall };
    receiver.always = { status: 503 };
    const grave = newAlert(undefined, { severity: 'critical' });
    const mild = newAlert();
    await deliverAll([mild, grave], instance(cloud, receivers).parts);
    expect(onCall.taken).toEqual([grave.id]);
    expect(await logged(cloud, grave.id, 'on-call')).toMatchObject({ status: 'sent' });
    expect(await logged(cloud, mild.id, 'team')).toMatchObject({ status: 'pending' });
    receiver.always = undefined;
    clock.nowMs += minuteMs;
    await sweep(instance(cloud, receivers));
    expect(receiver.taken.toSorted()).toEqual([mild.id, grave.id].toSorted());
    expect(onCall.requests).toBe(1);
    await onCall.close();
  });

  it('gathers what its route gathers, and tells it once', async () => {
    const alerts = Array.from({ length: 12 }, () => newAlert(undefined, { severity: 'info' }));
    const { deliveries } = await deliverAll(alerts, instance(cloud, receiver).parts);
    expect(deliveries.every(({ held }) => held?.why === 'digest')).toBe(true);
    expect(receiver.requests).toBe(0);
    clock.nowMs += 15 * minuteMs;
    await sweep(instance(cloud, receiver));
    expect(receiver.messages).toMatchObject([{ id: alerts[0]?.id, count: 12 }]);
    expect(JSON.parse(receiver.bodies[0] ?? '')).toMatchObject({ digest: true });
  });

  it('logs what is muted, and tells nobody', async () => {
    const alerts = [newAlert('m1'), newAlert('m2'), newAlert('m1', { rule: 'other' })];
    const { parts, mutes } = instance(cloud, receiver);
    const mute = { id: 'x', by: 'operator', atMs: startMs, untilMs: startMs + hourMs };
    mutes.push({ ...mute, kind: 'high-value-order', entity: 'customer|m1' });
    await deliverAll(alerts, parts);
    expect(receiver.taken.toSorted()).toEqual([alerts[1]?.id, alerts[2]?.id].toSorted());
    expect(await logged(cloud, alerts[0]?.id ?? '')).toMatchObject({ status: 'muted' });
    clock.nowMs += hourMs;
    expect(await sweep(instance(cloud, receiver))).toEqual([]);
    await deliverAll([alerts[0] ?? newAlert(), newAlert('m1')], parts);
    expect(receiver.taken).toHaveLength(3);
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

  it.each([
    ['seconds', '2', '90'],
    ['a date', new Date(startMs + 2_000).toUTCString(), new Date(startMs + 92_000).toUTCString()],
  ])(
    'waits as long as the receiver asks in %s, at once or by the schedule',
    async (_, one, two) => {
      receiver.mishaps.push({ status: 429, retryAfter: one }, { status: 429, retryAfter: two });
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
      expect(await sweep(instance(cloud, receiver))).toMatchObject([
        { status: 'sent', attempts: 3 },
      ]);
      expect(receiver.taken).toEqual([alert.id]);
    },
  );

  it('does not wait longer than an hour, whatever the receiver asks', async () => {
    receiver.mishaps.push({ status: 429, retryAfter: '99999999' });
    const alert = newAlert();
    await deliverAll([alert], instance(cloud, receiver).parts);
    clock.nowMs += hourMs;
    expect(await sweep(instance(cloud, receiver))).toMatchObject([{ status: 'sent' }]);
  });

  it('only keeps the rest while the receiver is down, and the sweep sends it', async () => {
    receiver.always = { status: 503 };
    const alerts = Array.from({ length: 130 }, () => newAlert());
    const { deliveries } = await deliverAll(alerts, instance(cloud, receiver).parts);
    expect(deliveries).toHaveLength(130);
    expect(deliveries.every(({ status }) => status === 'pending')).toBe(true);
    // Sixteen lanes at once, each tried three times.
    expect(receiver.requests).toBeLessThanOrEqual(48);

    clock.nowMs += minuteMs;
    const requests = receiver.requests;
    await sweep(instance(cloud, receiver));
    expect(receiver.requests - requests).toBeLessThanOrEqual(48);

    receiver.always = undefined;
    clock.nowMs += 5 * minuteMs;
    await Promise.all([sweep(instance(cloud, receiver)), sweep(instance(cloud, receiver))]);
    expect(receiver.taken.toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());
  });

  it('takes a receiver that hangs for one that fails', async () => {
    receiver.mishaps.push('hang');
    const alert = newAlert();
    const { parts } = instance(cloud, receiver, 300);
    const { deliveries } = await deliverAll([alert], parts);
    expect(deliveries).toMatchObject([{ status: 'sent', attempts: 2 }]);
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('doubles an alert only where nobody can know whether it arrived', async () => {
    receiver.mishaps.push('take and reset');
    const alert = newAlert();
    await deliverAll([alert], instance(cloud, receiver).parts);
    expect(receiver.taken).toEqual([alert.id, alert.id]);
    const keys = receiver.headers.map((headers) => headers['idempotency-key']);
    expect(keys).toEqual([alert.id, alert.id]);
  });

  it('goes on with other alerts when the log fails for one, and tells the error', async () => {
    const { parts } = instance(cloud, receiver);
    const [bad, good] = [newAlert(), newAlert()];
    const { log } = parts;
    const begin = log.begin.bind(log);
    log.begin = (id, ...rest) =>
      id === bad.id ? Promise.reject(new Error('throttled')) : begin(id, ...rest);
    const { deliveries, errors } = await deliverAll([bad, good], parts);
    expect(deliveries).toMatchObject([{ id: good.id, status: 'sent' }]);
    expect(errors).toEqual([new Error('throttled')]);
  });
});

describe('deliverDue()', () => {
  it('lets an instance that lost its lease undo nothing', async () => {
    const alert = newAlert();
    const other = instance(cloud, receiver);
    const { parts } = instance(cloud, receiver);
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

  it('begins no attempt when the lease is about to pass', async () => {
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

  it('gives a message up after a day, for the target that failed it, with the last reason', async () => {
    const healthy = await openReceiver();
    const receivers = { team: receiver, 'on-call': healthy };
    receiver.always = { status: 410 };
    const alert = newAlert(undefined, { severity: 'critical' });
    await deliverAll([alert], instance(cloud, receivers).parts);
    for (let hour = 1; hour <= 24; hour += 1) {
      clock.nowMs = startMs + hour * hourMs - 10_000;
      expect(await sweep(instance(cloud, receivers))).toMatchObject([{ status: 'pending' }]);
    }
    clock.nowMs = startMs + 25 * hourMs;
    const last = instance(cloud, receivers);
    expect(await sweep(last)).toMatchObject([{ id: alert.id, status: 'failed' }]);
    const { messages: letters } = await last.parts.undelivered.list(9);
    expect(letters).toMatchObject([
      { target: 'team', reason: 'the receiver answered 410 not now', message: { id: alert.id } },
    ]);
    receiver.always = undefined;
    clock.nowMs += 48 * hourMs;
    expect(await sweep(instance(cloud, receivers))).toEqual([]);
    expect(await logged(cloud, alert.id, 'team')).toMatchObject({ status: 'failed' });
    expect(await logged(cloud, alert.id, 'on-call')).toMatchObject({ status: 'sent' });
    await last.parts.undelivered.remove('team', alert.id);
    await healthy.close();
  });

  it('ends when its time is over', async () => {
    const { parts } = instance(cloud, receiver);
    receiver.always = { status: 503 };
    await deliverAll(
      Array.from({ length: 40 }, () => newAlert()),
      parts,
    );
    receiver.always = undefined;
    clock.nowMs += minuteMs;
    const busy = {
      ...parts,
      post: async () => {
        clock.nowMs += 3_000;
        return { kind: 'sent' } as const;
      },
    };
    const { deliveries } = await deliverDue(busy, clock.nowMs + 15_000);
    // Those that had begun by then, sixteen at once.
    expect(deliveries.length).toBeLessThanOrEqual(20);
    const sent = deliveries.filter(({ status }) => status === 'sent');
    expect(await sweep(instance(cloud, receiver))).toHaveLength(40 - sent.length);
  });
});
