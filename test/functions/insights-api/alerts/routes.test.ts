import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverAll, deliverDue } from '../../../../functions/alert-delivery/deliver-batch.ts';
import { type AlertsParts, alertsParts } from '../../../../functions/insights-api/alerts/parts.ts';
import { newTokenKeyPair, signToken } from '../../../../shared/auth/token.ts';
import { httpClient } from '../../../fixtures/http-client.ts';
import { getEvent } from '../../../fixtures/http-event.ts';
import { testInsights } from '../../../fixtures/insights.ts';
import { type PlayedCloud, playCloud } from '../../../fixtures/played-cloud.ts';
import { openReceiver, type Receiver } from '../../../fixtures/webhook-receiver.ts';
import { clock, instance, newAlert } from '../../alert-delivery/delivery-rig.ts';

const minuteMs = 60_000;
/** The time of every request here. */
const requestMs = getEvent('/').requestContext.timeEpoch;
const day = new Date(requestMs).toISOString().slice(0, 10);

let cloud: PlayedCloud;
let receiver: Receiver;
let parts: AlertsParts;
let ask: ReturnType<typeof httpClient>;
let tokens: { readonly operator: string; readonly analyst: string };

beforeAll(async () => {
  cloud = await playCloud();
  parts = alertsParts(cloud.dynamo, 'dev-alerts');
  const keys = await newTokenKeyPair();
  const life = { nowMs: requestMs, lifetimeMs: minuteMs };
  const sign = async (role: 'operator' | 'analyst') =>
    (await signToken(keys, { role }, life)).token;
  tokens = { operator: await sign('operator'), analyst: await sign('analyst') };
  ask = httpClient(testInsights({ alerts: parts, tokenPublicKey: keys.publicKey }), 'insights-api');
});
afterAll(() => cloud.close());
beforeEach(async () => {
  receiver = await openReceiver();
  clock.nowMs = requestMs;
});
afterEach(() => receiver.close());

const get = (path: string) => ask('GET', path, { token: tokens.analyst });
const post = (path: string, body?: object) => ask('POST', path, { token: tokens.operator, body });
const at = (id: string, rest = '') => `/alerts/${encodeURIComponent(id)}${rest}`;

function alertNow(entity?: string, rule = 'high-value-order') {
  return newAlert(entity, { atMs: clock.nowMs, rule });
}

async function deliver(...alerts: readonly ReturnType<typeof newAlert>[]) {
  const { parts: delivery } = instance(cloud, receiver);
  const { errors } = await deliverAll(alerts, {
    ...delivery,
    mutes: () => parts.mutes.list(clock.nowMs),
  });
  expect(errors).toEqual([]);
}

async function sweepAt(atMs: number) {
  clock.nowMs = atMs;
  const { errors } = await deliverDue(instance(cloud, receiver).parts, atMs + minuteMs);
  expect(errors).toEqual([]);
}

describe('GET /alerts', () => {
  it('lists the alerts of a day by what they are and what became of them, page by page', async () => {
    const customer = randomUUID();
    const rule = `rule-${randomUUID()}`;
    const alerts = [0, 1, 2, 3, 4].map(() => alertNow(customer, rule));
    for (const alert of alerts) {
      clock.nowMs += 10;
      await deliver({ ...alert, data: { ...alert.data, atMs: clock.nowMs } });
    }
    const newestFirst = alerts.toReversed().map(({ id }) => id);
    const ids: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await get(`/alerts?day=${day}&kind=${rule}&limit=2${cursor}`);
      expect(status).toBe(200);
      ids.push(...body.alerts.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(ids).toEqual(newestFirst);

    const count = async (filter: string) =>
      (await get(`/alerts?day=${day}&kind=${rule}&limit=100&${filter}`)).body.alerts.length;
    expect(await count('status=sent')).toBe(1);
    expect(await count('status=held')).toBe(4);
    expect(await count('severity=critical')).toBe(0);
    expect(await count(`entity=${encodeURIComponent(`customer|${customer}`)}`)).toBe(5);
    await sweepAt(clock.nowMs + minuteMs);
    expect(await count('status=held')).toBe(0);
    expect(await count('status=sent')).toBe(5);
  });

  it('refuses a cursor that it did not give out', async () => {
    expect(await get(`/alerts?day=${day}&cursor=x`)).toMatchObject({ status: 400 });
    expect(await get('/alerts?day=yesterday')).toMatchObject({ status: 400 });
  });

  it('takes operators and analysts, and lets operators alone change something', async () => {
    expect(await ask('GET', '/alerts')).toMatchObject({ status: 401 });
    const asAnalyst = { token: tokens.analyst, body: {} };
    expect(await ask('POST', at('x', '/acknowledgement'), asAnalyst)).toMatchObject({
      status: 403,
    });
    expect(await ask('POST', '/alert-mutes', asAnalyst)).toMatchObject({ status: 403 });
  });
});

describe('what an operator does about an alert', () => {
  it('acknowledged, more of the same waits until ten minutes are quiet', async () => {
    const [first, second, third] = [alertNow('ack'), alertNow('ack'), alertNow('ack')];
    await deliver(first);
    const { body } = await post(at(first.id, '/acknowledgement'));
    expect(body.acknowledged).toEqual({
      by: 'operator',
      at: new Date(requestMs).toISOString(),
    });
    for (const alert of [second, third]) {
      clock.nowMs += 5 * minuteMs;
      await deliver(alert);
    }
    await sweepAt(clock.nowMs + 10 * minuteMs - 1);
    expect(receiver.taken).toEqual([first.id]);
    await sweepAt(clock.nowMs + 1);
    expect(receiver.messages.at(-1)).toMatchObject({ id: second.id, count: 2 });
  });

  it('snoozed, more of the same is told in one message then', async () => {
    const [first, second, third] = [alertNow('snooze'), alertNow('snooze'), alertNow('snooze')];
    await deliver(first, second);
    const until = new Date(requestMs + 60 * minuteMs).toISOString();
    const { body } = await post(at(second.id, '/snooze'), { until });
    expect(body).toMatchObject({ status: 'held', snoozed: { until } });
    clock.nowMs += 20 * minuteMs;
    await deliver(third);
    await sweepAt(requestMs + 60 * minuteMs - 1);
    expect(receiver.taken).toEqual([first.id]);
    await sweepAt(requestMs + 60 * minuteMs);
    expect(receiver.messages.at(-1)).toMatchObject({ id: second.id, count: 2 });
  });

  it.each(['2020-01-01T00:00:00Z', '2200-01-01T00:00:00Z', 'soon'])(
    'does not snooze until %s',
    async (until) => {
      const alert = alertNow();
      await deliver(alert);
      expect(await post(at(alert.id, '/snooze'), { until })).toMatchObject({ status: 422 });
    },
  );

  it('knows no alert that never was', async () => {
    expect(await get(at('nothing'))).toMatchObject({ status: 404 });
    expect(await post(at('nothing', '/acknowledgement'))).toMatchObject({ status: 404 });
  });
});

describe('mutes', () => {
  it('keep quiet what they name until they end, one for each kind and entity', async () => {
    const until = new Date(requestMs + 60 * minuteMs).toISOString();
    const what = { kind: 'high-value-order', entity: 'customer|muted' };
    await post('/alert-mutes', { ...what, until, reason: 'load test' });
    const { status, body: mute } = await post('/alert-mutes', { ...what, until });
    expect(status).toBe(201);
    expect((await get('/alert-mutes')).body.mutes).toEqual([mute]);
    const alert = alertNow('muted');
    await deliver(alert, alertNow('heard'));
    expect(receiver.requests).toBe(1);
    expect((await get(at(alert.id))).body).toMatchObject({ status: 'muted' });

    const path = `/alert-mutes/${mute.id}`;
    expect(await ask('DELETE', path, { token: tokens.operator })).toMatchObject({ status: 204 });
    expect(await ask('DELETE', path, { token: tokens.operator })).toMatchObject({ status: 404 });
    await deliver(alertNow('muted'));
    expect(receiver.requests).toBe(2);
  });

  it('name something', async () => {
    const until = new Date(requestMs + minuteMs).toISOString();
    expect(await post('/alert-mutes', { until })).toMatchObject({ status: 422 });
  });

  it('are refused for a kind that no alert has, with those that there are', async () => {
    const until = new Date(requestMs + minuteMs).toISOString();
    const { status, body } = await post('/alert-mutes', { kind: 'hats', until });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      {
        field: 'kind',
        reason: expect.stringMatching(/high-value-order, .*sales-spike, flash-sale$/),
      },
    ]);
    const entity = await post('/alert-mutes', { entity: 'hats', until });
    expect(entity).toMatchObject({ status: 422, body: { errors: [{ field: 'entity' }] } });
    expect((await get('/alert-mutes')).body.mutes).toEqual([]);
  });
});

describe('undelivered alerts', () => {
  it('refuses a cursor that it did not give out', async () => {
    expect(await get('/undelivered-alerts?cursor=x')).toMatchObject({ status: 400 });
    expect(await get('/undelivered-alerts?limit=101')).toMatchObject({ status: 400 });
  });

  it('are sent again to the target that failed, and to no other', async () => {
    const [team, onCall] = [receiver, await openReceiver()];
    const receivers = { team, 'on-call': onCall };
    const { parts: delivery } = instance(cloud, receivers);
    team.always = { status: 410 };
    const alert = newAlert(undefined, { severity: 'critical' });
    await deliverAll([alert], delivery);
    clock.nowMs += 25 * 60 * minuteMs;
    await deliverDue(delivery, clock.nowMs + minuteMs);
    expect((await get(at(alert.id))).body).toMatchObject({ status: 'failed' });
    const { messages } = (await get('/undelivered-alerts')).body;
    expect(messages).toMatchObject([
      { id: `team:${alert.id}`, target: 'team', reason: 'the receiver answered 410 not now' },
    ]);

    team.always = undefined;
    const path = `/undelivered-alerts/${encodeURIComponent(messages[0].id)}/replay`;
    expect(await post(path)).toMatchObject({ status: 202 });
    expect(await post(path)).toMatchObject({ status: 404 });
    expect((await get(at(alert.id))).body).toMatchObject({ status: 'pending' });
    await deliverDue(delivery, clock.nowMs + minuteMs);
    expect([team.taken, onCall.taken]).toEqual([[alert.id], [alert.id]]);
    expect((await get(at(alert.id))).body).toMatchObject({ status: 'sent' });
    expect((await get('/undelivered-alerts')).body.messages).toEqual([]);
    await onCall.close();
  });

  it('sends again what is just being given up', async () => {
    clock.nowMs = requestMs - 25 * 60 * minuteMs;
    const alert = alertNow();
    const { parts: delivery } = instance(cloud, receiver);
    receiver.always = { status: 410 };
    await deliverAll([alert], delivery);
    clock.nowMs = requestMs;
    const { undelivered } = delivery;
    const put = undelivered.put.bind(undelivered);
    undelivered.put = async (letter) => {
      await put(letter);
      const path = `/undelivered-alerts/${encodeURIComponent(`default:${alert.id}`)}/replay`;
      expect(await post(path)).toMatchObject({ status: 202 });
    };
    await deliverDue(delivery, clock.nowMs + minuteMs);
    receiver.always = undefined;
    clock.nowMs += minuteMs;
    await deliverDue(instance(cloud, receiver).parts, clock.nowMs + minuteMs);
    expect(receiver.taken).toEqual([alert.id]);
    expect((await get(at(alert.id))).body).toMatchObject({ status: 'sent' });
  });
});
