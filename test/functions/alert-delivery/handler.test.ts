import { randomUUID } from 'node:crypto';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UndeliveredTable } from '../../../shared/alerts/undelivered.ts';
import { webhookSignature } from '../../../shared/alerts/webhook-message.ts';
import { liveSections } from '../../../shared/events/live.ts';
import { lambdaContext } from '../../fixtures/http-event.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { kinesisEvent, streamRecord } from '../../fixtures/shop-changes.ts';
import { openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';
import { Faults } from '../../shared/jobs/job-rig.ts';
import { alertData, logged } from './delivery-rig.ts';

type Handler = (event: unknown) => Promise<KinesisStreamBatchResponse | undefined>;

const minuteMs = 60_000;
const faults = new Faults();
let cloud: PlayedCloud;
let receiver: Receiver;
let logs: string[];

beforeAll(async () => {
  cloud = await playCloud(faults.disturb);
});
afterAll(() => cloud.close());
beforeEach(async () => {
  receiver = await openReceiver();
  await cloud.setSecret(receiver.url);
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['Date'] });
  logs = [];
  for (const level of ['warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void logs.push(line));
  }
});
afterEach(async () => {
  faults.before.clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await receiver.close();
});
afterEach(() => {
  receiver.always = undefined;
});

/** A cold instance of the function. */
async function start(): Promise<Handler> {
  vi.resetModules();
  const { handler } = await import('../../../functions/alert-delivery/handler.ts');
  return (event) => handler(event, lambdaContext('alert-delivery'));
}

function insight(customerId: string = randomUUID(), id = `alert-${randomUUID()}`) {
  return {
    id,
    type: 'alert',
    schemaVersion: 1,
    revision: 1,
    job: 'high-value-order',
    generation: 1,
    data: alertData(customerId, Date.now() - 1_000),
  };
}

function batch(...bodies: readonly unknown[]) {
  const texts = bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)));
  return kinesisEvent(
    'dev-insights',
    texts.map((text, index) => streamRecord(text, String(index + 1), Date.now())),
  );
}

async function live(section: string) {
  const item = await cloud.store.get({ table: 'results', pk: 'LIVE', sk: section });
  return JSON.parse(String(item?.attributes['data'] ?? 'null'));
}

async function shown(id: string) {
  const { alerts } = liveSections.alerts.parse(await live('alerts'));
  return alerts.find((alert) => alert.id === id);
}

function pass(milliseconds: number) {
  vi.setSystemTime(Date.now() + milliseconds);
}

describe('alert-delivery', () => {
  it('sends the alerts of a batch and shows them, however often it comes', async () => {
    const handler = await start();
    const [one, two] = [insight('a'), insight('b')];
    const event = batch(one, { ...insight(), type: 'revenue', data: {} }, two);
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    const other = await start();
    expect(await other(event)).toEqual({ batchItemFailures: [] });
    expect(receiver.taken.toSorted()).toEqual([one.id, two.id].toSorted());
    expect(await shown(one.id)).toMatchObject({ status: 'sent', attempts: 1, customerId: 'a' });
    const health = liveSections.health.parse(await live('health#alert-delivery'));
    expect(health.latencyMs?.p50).toBeGreaterThanOrEqual(1_000);
  });

  it('shows anyone what an alert is about, but not whose card or device it is', async () => {
    const handler = await start();
    const about = (kind: string, id: string) => {
      const alert = insight();
      return { ...alert, data: { ...alert.data, entity: { kind, id } } };
    };
    const [card, device, product] = [
      about('card', 'fingerprint'),
      about('device', 'phone'),
      about('product', '7'),
    ];
    await handler(batch(card, device, product));
    expect(await shown(product.id)).toMatchObject({ entity: { kind: 'product', id: '7' } });
    expect(await shown(card.id)).toMatchObject({ status: 'sent' });
    expect(JSON.stringify(await live('alerts'))).not.toMatch(/fingerprint|phone/);
  });

  it('lets no alert wait for the page that shows it', async () => {
    const handler = await start();
    faults.before.add('TransactWriteItems');
    const alert = insight();
    expect(await handler(batch(alert))).toEqual({ batchItemFailures: [] });
    expect(receiver.taken).toEqual([alert.id]);
    expect(logs.join()).toContain('Cannot show alerts on the live page');
  });

  it('keeps alerts while the webhook is unset, says so, and sends them once it is set', async () => {
    await cloud.setSecret('unset');
    const handler = await start();
    const [one, two] = [insight(), insight()];
    expect(await handler(batch(one, two))).toEqual({ batchItemFailures: [] });
    expect(logs.join()).toContain('Cannot send an alert yet');
    expect(logs.join()).toContain('the webhook secret holds no http(s) address');
    expect(await logged(cloud, one.id)).toMatchObject({
      status: 'pending',
      reason: expect.stringContaining('put one in with aws secretsmanager put-secret-value'),
    });
    expect(await shown(one.id)).toMatchObject({ status: 'pending', attempts: 1 });

    await cloud.setSecret(JSON.stringify({ url: receiver.url }));
    pass(minuteMs);
    expect(await handler({ task: 'sweep' })).toBeUndefined();
    expect(receiver.taken.toSorted()).toEqual([one.id, two.id].toSorted());
    expect(await shown(one.id)).toMatchObject({ status: 'sent', attempts: 2 });
  });

  it('takes each target in its form, signed where it has a key', async () => {
    const [team, onCall] = [await openReceiver(), await openReceiver()];
    const signingKey = 'a key of some length';
    const targets = {
      team: { form: 'webhook', url: team.url, signingKey },
      'on-call': { form: 'slack', url: onCall.url },
    };
    await cloud.setSecret(JSON.stringify({ targets }));
    const grave = insight();
    const data = { ...grave.data, severity: 'critical' as const };
    await (await start())(batch({ ...grave, data }));
    expect([team.taken, onCall.taken]).toEqual([[grave.id], [grave.id]]);
    const { 'alert-signature': signature, 'alert-timestamp': time } = team.headers[0] ?? {};
    const signedAtMs = Date.parse(String(time));
    expect(signature).toBe(webhookSignature(signingKey, team.bodies[0] ?? '', signedAtMs));
    expect(onCall.headers[0]).not.toHaveProperty('alert-signature');
    await Promise.all([team.close(), onCall.close()]);
  });

  it('shows what the cooldown holds back, and tells it with a later batch', async () => {
    const handler = await start();
    const [one, two, three] = [insight('same'), insight('same'), insight('same')];
    await handler(batch(one, two, three));
    expect(receiver.taken).toEqual([one.id]);
    expect(await shown(two.id)).toMatchObject({ status: 'pending', held: { why: 'cooldown' } });
    pass(minuteMs);
    await handler(batch(insight()));
    expect(receiver.taken).toHaveLength(3);
    expect(await shown(three.id)).toMatchObject({ status: 'sent', heldBack: 1 });
    const told = await shown(two.id);
    expect(told).toMatchObject({ status: 'sent' });
    expect(told).not.toHaveProperty('held');
  });

  it('never logs the address', async () => {
    await cloud.setSecret('{"url":"http://');
    const handler = await start();
    await handler(batch(insight()));
    await cloud.setSecret('http://user:s3cret@127.0.0.1:1/s3cret');
    await (await start())(batch(insight()));
    expect(logs.join()).toContain('Cannot send an alert yet');
    expect(logs.join()).not.toContain('s3cret');
    receiver.always = undefined;
    await cloud.setSecret(receiver.url);
    pass(2 * minuteMs);
    await (await start())({ task: 'sweep' });
    expect(receiver.taken).toHaveLength(2);
  });

  it('gives an alert up after a day, and keeps it with the reason', async () => {
    receiver.always = { status: 404 };
    const handler = await start();
    const alert = insight();
    receiver.mishaps.push({ status: 429, retryAfter: '60' });
    await handler(batch(alert));
    pass(24 * 60 * minuteMs + 1);
    await handler({ task: 'sweep' });
    expect(logs.join()).toContain('Gave up an alert');
    const { messages: letters } = await new UndeliveredTable(cloud.dynamo, 'dev-alerts').list(9);
    expect(letters).toMatchObject([
      { target: 'default', message: { id: alert.id }, reason: 'the receiver answered 404 not now' },
    ]);
    expect(await shown(alert.id)).toMatchObject({ status: 'failed', attempts: 2 });
    receiver.always = undefined;
    pass(minuteMs);
    await handler({ task: 'sweep' });
    expect(receiver.taken).toEqual([]);
  });

  it('makes one dead letter of what is no alert, also when the batch comes again', async () => {
    const handler = await start();
    const event = batch('{"type":', insight(), { ...insight(), id: '' });
    faults.before.add('PutItem');
    expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(logs.join()).toContain('Cannot take a batch of insights, it will come again');
    faults.before.clear();
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(receiver.taken).toHaveLength(1);
    expect(await cloud.drain('dev-dead-letters')).toMatchObject([
      { consumer: 'alert-delivery', sequenceNumber: '1' },
      { consumer: 'alert-delivery', sequenceNumber: '3' },
    ]);
  });

  it('shows the twenty newest alerts, and nobody puts a sent one back to pending', async () => {
    const handler = await start();
    // Later than those of the tests before.
    pass(10 * minuteMs);
    const alerts = Array.from({ length: 25 }, (_, index) => ({
      ...insight(`c${index}`),
      data: alertData(`c${index}`, Date.now() + index),
    }));
    await Promise.all(alerts.map((alert) => handler(batch(alert))));
    const section = liveSections.alerts.parse(await live('alerts'));
    expect(section.alerts.map(({ id }) => id)).toEqual(
      alerts
        .toReversed()
        .slice(0, 20)
        .map(({ id }) => id),
    );
    const { LiveAlerts } = await import('../../../functions/alert-delivery/live-alerts.ts');
    const { id = '', data = alertData() } = alerts[24] ?? {};
    const late = new LiveAlerts(cloud.store, () => Date.now());
    await late.show([{ id, data, status: 'pending', attempts: 3 }], []);
    expect(await shown(id)).toMatchObject({ status: 'sent' });
  });

  it('refuses an event that is neither batch nor sweep', async () => {
    const handler = await start();
    await expect(handler({ task: 'else' })).rejects.toThrow('Cannot take event');
  });
});
