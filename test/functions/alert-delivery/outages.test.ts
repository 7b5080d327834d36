import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliverAll, deliverDue } from '../../../functions/alert-delivery/deliver-batch.ts';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import { openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';
import { clock, instance, newAlert, playDelivery, sweep } from './delivery-rig.ts';

const faults = new Faults();
const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let cloud: PlayedCloud;
let receiver: Receiver;
playDelivery(faults, (played) => {
  ({ cloud, receiver } = played);
});

describe('a target that is down', () => {
  it('makes no target wait for another that does not answer', async () => {
    const onCall = await openReceiver();
    const { parts } = instance(cloud, { team: receiver, 'on-call': onCall });
    const alerts = Array.from({ length: 40 }, () => newAlert(undefined, { severity: 'critical' }));
    let isTold = () => {};
    const told = new Promise<void>((resolve) => {
      isTold = resolve;
    });
    const post: typeof parts.post = async (target, message) => {
      if (target === 'team') await told;
      const outcome = await parts.post(target, message);
      if (onCall.taken.length === alerts.length) isTold();
      return outcome;
    };
    await deliverAll(alerts, { ...parts, post });
    expect(receiver.taken).toHaveLength(40);
    await onCall.close();
  });

  it('lets no batch wait for a target that failed within the last minute', async () => {
    const { parts } = instance(cloud, receiver);
    receiver.always = { status: 503 };
    await deliverAll([newAlert()], parts);
    const { requests } = receiver;
    await deliverAll([newAlert(), newAlert()], parts);
    expect(receiver.requests).toBe(requests);
    receiver.always = undefined;
    clock.nowMs += minuteMs;
    const alert = newAlert();
    await deliverAll([alert], parts);
    expect(receiver.taken).toEqual([alert.id]);
    await sweep(instance(cloud, receiver));
    expect(receiver.taken).toHaveLength(4);
  });

  it('lets them wait no longer than the target asks for', async () => {
    const { parts } = instance(cloud, receiver);
    receiver.mishaps.push({ status: 429, retryAfter: '5' });
    await deliverAll([newAlert()], parts);
    await deliverAll([newAlert()], parts);
    expect(receiver.requests).toBe(1);
    clock.nowMs += 5 * secondMs;
    const alert = newAlert();
    await deliverAll([alert], parts);
    expect(receiver.taken).toEqual([alert.id]);
  });

  it('does not ask again at once who was slow to fail', async () => {
    const { parts, pauses } = instance(cloud, receiver);
    const slow: typeof parts.post = async () => {
      clock.nowMs += 5_000;
      return { kind: 'failed', reason: 'no answer within 5000 ms', retryAfterMs: undefined };
    };
    const { deliveries } = await deliverAll([newAlert()], { ...parts, post: slow });
    expect(deliveries).toMatchObject([{ status: 'pending', attempts: 1 }]);
    expect(pauses).toEqual([]);
  });

  it('lets a message that is itself refused hold up its own entity alone, and not for long', async () => {
    const refused = newAlert();
    const later = newAlert(refused.data.customerId, { rule: 'later' });
    const others = Array.from({ length: 20 }, () => newAlert());
    const { parts } = instance(cloud, receiver);
    const post: typeof parts.post = async (target, message) => {
      if (message.id === refused.id) receiver.mishaps.unshift({ status: 400 });
      return await parts.post(target, message);
    };
    await deliverAll([refused], { ...parts, post });
    await deliverAll([later, ...others], { ...parts, post });
    expect(receiver.taken.toSorted()).toEqual(others.map(({ id }) => id).toSorted());
    clock.nowMs += hourMs + 1;
    const { deliveries } = await deliverDue({ ...parts, post }, clock.nowMs + minuteMs);
    expect(deliveries).toMatchObject([
      { id: refused.id, status: 'failed', reason: 'the receiver answered 400 not now' },
      { id: later.id, status: 'sent' },
    ]);
    await parts.undelivered.remove('default', refused.id);
  });

  it('finds what waits for one target behind all that waits for another that is down', async () => {
    const onCall = await openReceiver();
    const receivers = { team: receiver, 'on-call': onCall };
    receiver.always = { status: 503 };
    const { parts } = instance(cloud, receivers);
    await deliverAll(
      Array.from({ length: 130 }, () => newAlert()),
      parts,
    );
    const customer = randomUUID();
    const grave = [0, 1].map(() => newAlert(customer, { severity: 'critical' }));
    await deliverAll(grave, parts);
    expect(onCall.taken).toEqual([grave[0]?.id]);
    clock.nowMs += 31 * secondMs;
    await sweep(instance(cloud, receivers));
    expect(onCall.taken).toEqual(grave.map(({ id }) => id));
    await onCall.close();
  });
});
