import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clickIntake } from '../../../functions/click-intake/click-intake.ts';
import { clickStream } from '../../../functions/click-intake/click-stream.ts';
import { createKinesis, type KinesisService } from '../../../infra/local/kinesis/kinesis.ts';
import { newTokenKeyPair, signToken } from '../../../shared/auth/token.ts';
import { type ClickRecord, clickRecord } from '../../../shared/events/click.ts';
import { keyedHash } from '../../../shared/shop/keyed-hash.ts';
import { serveAws } from '../../fixtures/aws-endpoint.ts';
import { httpClient } from '../../fixtures/http-client.ts';
import { streamResource } from '../../fixtures/kinesis-streams.ts';

const key = 'a key for tests alone';
const view = {
  schemaVersion: 1,
  eventId: 'e-1',
  type: 'view',
  occurredAt: '2026-05-04T12:00:00+02:00',
  sessionId: 's-1',
  userId: '42',
  productId: 7,
  category: 'Books',
  consent: 'personal',
};
const nowMs = Date.UTC(2026, 4, 4, 10);
const counted = { accepted: 0, rejected: 0 };
const failures: Error[] = [];
const tokenKeys = await newTokenKeyPair();
let directory: string;
let kinesis: KinesisService;
let aws: Awaited<ReturnType<typeof serveAws>>;
let call: ReturnType<typeof httpClient>;
let last: string | undefined;

function intakeInto(streamName: string) {
  const requestHandler = new NodeHttpHandler();
  const client = new KinesisClient({ ...aws.client, requestHandler, maxAttempts: 1 });
  const wait = { sleep: (milliseconds: number) => sleep(milliseconds), random: () => 0.5 };
  const handler = clickIntake({
    put: clickStream(client, streamName, wait),
    pseudonym: async () => (identifier) => keyedHash(key, identifier),
    tokenPublicKey: tokenKeys.publicKey,
    now: () => nowMs,
    count(accepted, rejected) {
      counted.accepted += accepted;
      counted.rejected += rejected;
    },
    log: (_message, error) => failures.push(error),
  });
  return httpClient(handler, 'click-intake');
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'clicks-'));
  kinesis = await createKinesis({
    directory,
    streams: [streamResource('clickstream')],
    consumers: [],
    now: () => Date.now(),
    enforceLimits: true,
  });
  aws = await serveAws([kinesis]);
  call = intakeInto('clickstream');
});

afterAll(async () => {
  await aws?.close();
  await kinesis?.close();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(() => {
  Object.assign(counted, { accepted: 0, rejected: 0 });
  failures.length = 0;
});

/** What has arrived in the stream since the last call. */
function arrived(): { key: string; record: ClickRecord }[] {
  const limits = { limit: 10_000, bytesMax: 10_000_000 };
  const [shard] = kinesis.shards('clickstream');
  const { records } = kinesis.read('clickstream', shard?.shardId ?? '', last, limits);
  last = records.at(-1)?.sequenceNumber ?? last;
  return records.map((record) => ({
    key: record.partitionKey,
    record: clickRecord.parse(JSON.parse(Buffer.from(record.data).toString())),
  }));
}

test('an event travels without the person, under a pseudonym', async () => {
  const { status, body } = await call('POST', '/events', { body: { events: [view] } });
  expect(status).toBe(202);
  expect(body).toEqual({ accepted: 1, rejected: 0, errors: [] });
  const user = keyedHash(key, '42');
  expect(arrived()).toEqual([
    {
      key: user,
      record: {
        schemaVersion: 1,
        eventId: 'e-1',
        type: 'view',
        occurredAtMs: Date.UTC(2026, 4, 4, 10),
        session: keyedHash(key, 's-1'),
        user,
        productId: 7,
        category: 'Books',
        consent: 'personal',
      },
    },
  ]);
});

test('consent decides what is kept: nothing, the event, or the event with its person', async () => {
  const events = ['none', 'statistics', 'personal'].map((consent) => ({ ...view, consent }));
  const { status, body } = await call('POST', '/events', { body: { events } });
  expect(status).toBe(202);
  expect(body).toEqual({
    accepted: 2,
    rejected: 1,
    errors: [{ field: 'events.0.consent', reason: 'Without consent the event is not kept' }],
  });
  const session = keyedHash(key, 's-1');
  const user = keyedHash(key, '42');
  const kept = arrived().map((found) => ({ key: found.key, user: found.record.user }));
  expect(kept).toEqual([
    { key: session, user: null },
    { key: user, user },
  ]);
});

test('each event of a batch is judged on its own, with every reason', async () => {
  const events = [
    view,
    { ...view, type: 'look', occurredAt: 'yesterday', schemaVersion: 2 },
    { ...view, productId: undefined },
    { ...view, type: 'browse', category: undefined },
    { ...view, userId: 'a\u0000b', email: 'ana@example.com' },
    'click',
  ];
  const { status, body } = await call('POST', '/events', { body: { events } });
  expect(status).toBe(202);
  expect([body.accepted, body.rejected]).toEqual([1, 5]);
  expect(counted).toEqual({ accepted: 1, rejected: 5 });
  expect(body.errors.map((error: { field: string }) => error.field)).toEqual([
    'events.1.schemaVersion',
    'events.1.type',
    'events.1.occurredAt',
    'events.2.productId',
    'events.3.category',
    'events.4.userId',
    'events.4.email',
    'events.5',
  ]);
  expect(JSON.stringify(body)).not.toContain('ana@example.com');
  expect(arrived()).toHaveLength(1);
});

test('a page view is known by its path, and a path tells nothing of the person', async () => {
  const { productId, ...rest } = view;
  const events = ['/products/7', '/search?q=my+name', undefined].map((page) => ({
    ...rest,
    type: 'page',
    page,
  }));
  const { body } = await call('POST', '/events', { body: { events } });
  expect(body.errors).toEqual([
    { field: 'events.1.page', reason: 'Must be a path, without a query' },
    { field: 'events.2.page', reason: 'Must be given with type "page"' },
  ]);
  expect(arrived().map(({ record }) => record)).toMatchObject([
    { type: 'page', page: '/products/7', productId: null },
  ]);
});

test('history is taken from an operator alone', async () => {
  const events = [{ ...view, backfill: true }, view];
  const tokenOf = async (role: 'analyst' | 'operator') => {
    const life = { nowMs: Date.now(), lifetimeMs: 60_000 };
    return (await signToken(tokenKeys, { role }, life)).token;
  };
  const sent = async (token: string | undefined) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return call('POST', '/events', { body: { events }, headers });
  };
  for (const token of [undefined, await tokenOf('analyst')]) {
    const { body } = await sent(token);
    expect(body).toMatchObject({ accepted: 1, rejected: 1 });
    expect(body.errors).toEqual([
      { field: 'events.0.backfill', reason: 'Needs a token of role operator' },
    ]);
  }
  expect((await sent('no.valid.token')).status).toBe(401);
  expect((await sent(await tokenOf('operator'))).body).toMatchObject({ accepted: 2 });
  expect(arrived().map(({ record }) => record.isBackfill)).toEqual([
    undefined,
    undefined,
    true,
    undefined,
  ]);
});

test('only who tells history may fill the years, and nobody what is yet to come', async () => {
  const token = (
    await signToken(tokenKeys, { role: 'operator' }, { nowMs: Date.now(), lifetimeMs: 60_000 })
  ).token;
  const old = { ...view, occurredAt: '1970-01-01T00:00:00Z' };
  const ahead = { ...view, occurredAt: '9999-12-31T23:59:59-12:00', backfill: true };
  const half = { ...view, eventId: '\ud800' };
  const ofToday = [old, { ...old, backfill: true }, ahead, half, view];
  const { body } = await call('POST', '/events', { body: { events: ofToday }, token });
  expect(body).toEqual({
    accepted: 2,
    rejected: 3,
    errors: [
      { field: 'events.0.occurredAt', reason: 'Is more than a year ago: it is history' },
      { field: 'events.2.occurredAt', reason: 'Must not lie ahead' },
      { field: 'events.3.eventId', reason: 'Must not contain half a character' },
    ],
  });
  expect(arrived().map(({ record }) => record.occurredAtMs)).toEqual([0, nowMs]);
});

test('a batch without one good event, and a body that is no batch, are problem documents', async () => {
  const bad = await call('POST', '/events', { body: { events: [{}] } });
  expect(bad.headers['content-type']).toBe('application/problem+json');
  expect(bad.body).toMatchObject({ status: 422, title: 'No event of the batch is accepted' });
  const errors = async (body: unknown) =>
    (await call('POST', '/events', { body })).body.errors.map(
      ({ field, reason }: { field: string; reason: string }) => `${field}: ${reason}`,
    );
  expect(await errors({ events: [] })).toEqual(['events: Must not be empty']);
  expect(await errors({ events: new Array(501).fill(view) })).toEqual([
    'events: Must have at most 500 events',
  ]);
  expect(await errors({ clicks: [] })).toEqual([
    'events: Must be a list of events',
    'clicks: Is not known',
  ]);
  expect((await call('POST', '/events', { body: '{' })).status).toBe(400);
  expect((await call('POST', '/events', { body: 'x'.repeat(1024 * 1024 + 1) })).status).toBe(413);
  expect((await call('POST', '/events')).status).toBe(415);
  expect(arrived()).toEqual([]);
});

test('what a busy shard refuses is sent again until it is taken, once each', async () => {
  const batch = (name: string) => ({
    events: Array.from({ length: 500 }, (_, place) => ({ ...view, eventId: `${name}-${place}` })),
  });
  const replies = await Promise.all(
    ['a', 'b', 'c'].map((name) => call('POST', '/events', { body: batch(name) })),
  );
  expect(replies.map(({ body }) => body.accepted)).toEqual([500, 500, 500]);
  const ids = arrived().map(({ record }) => record.eventId);
  expect(ids).toHaveLength(1_500);
  expect(new Set(ids).size).toBe(1_500);
});

test('a stream that takes nothing is told to the sender and to the log', async () => {
  const reply = await intakeInto('no-such-stream')('POST', '/events', { body: { events: [view] } });
  expect(reply.status).toBe(503);
  expect(reply.headers['retry-after']).toBe('5');
  expect(failures).toHaveLength(1);
  expect(counted).toEqual({ accepted: 0, rejected: 0 });
});
