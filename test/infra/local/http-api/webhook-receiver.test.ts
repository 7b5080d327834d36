import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  openWebhookReceiver,
  type WebhookMishap,
  type WebhookReceiver,
} from '../../../../infra/local/http-api/webhook-receiver.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhook-'));
  file = join(folder, 'received', 'webhook.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function open(nextMishap?: () => WebhookMishap | undefined): Promise<WebhookReceiver> {
  let clock = 0;
  return openWebhookReceiver({ file, now: () => ++clock, ...(nextMishap && { nextMishap }) });
}

function request(method: string, body = '') {
  const shared = { target: '/local/webhook', rawHeaders: [], sourceIp: '127.0.0.1' };
  return { ...shared, method, body: Buffer.from(body) };
}

async function post(receiver: WebhookReceiver, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await receiver.handle(request('POST', text));
  return typeof reply === 'string' ? reply : [reply.status, String(reply.body)];
}

async function listed(receiver: WebhookReceiver) {
  const reply = await receiver.handle(request('GET'));
  return typeof reply === 'string' ? reply : JSON.parse(String(reply.body));
}

test('openWebhookReceiver() takes a Slack message and lists it, newest first', async () => {
  const receiver = await open();
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'hello' } }];
  expect(await post(receiver, { text: 'one' })).toEqual([200, 'ok']);
  expect(await post(receiver, { blocks, channel: '#alerts' })).toEqual([200, 'ok']);
  expect(await listed(receiver)).toEqual({
    messages: [
      { receivedAt: 2, body: { blocks, channel: '#alerts' } },
      { receivedAt: 1, body: { text: 'one' } },
    ],
  });
});

test.each(['', '{', '[]', '"text"', '{"text":7}', '{"blocks":"none"}'])(
  'openWebhookReceiver() refuses the payload %j as Slack does',
  async (payload) => {
    const receiver = await open();
    expect(await post(receiver, payload)).toEqual([400, 'invalid_payload']);
    expect(await listed(receiver)).toEqual({ messages: [] });
  },
);

test('openWebhookReceiver() refuses a message that says nothing', async () => {
  expect(await post(await open(), { channel: '#alerts' })).toEqual([400, 'no_text']);
});

test('openWebhookReceiver() keeps the last 50 over a restart, and the file small', async () => {
  const receiver = await open();
  await Promise.all(
    Array.from({ length: 170 }, (_, index) => post(receiver, { text: `message ${index}` })),
  );
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(100);
  // What a kill in the middle of a write leaves.
  await appendFile(file, '{"receivedAt":1,"bo');
  const { messages } = await listed(await open());
  expect(messages).toHaveLength(50);
  expect(messages[0].body).toEqual({ text: 'message 169' });
  expect(messages[49].body).toEqual({ text: 'message 120' });
});

test('openWebhookReceiver() misbehaves when told, and keeps nothing of such a message', async () => {
  const mishaps: (WebhookMishap | undefined)[] = ['too-many-requests', 'error', 'hang', 'reset'];
  const receiver = await open(() => mishaps.shift());
  const limited = await receiver.handle(request('POST', '{"text":"a"}'));
  expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  expect(await post(receiver, { text: 'a' })).toEqual([500, 'internal_error']);
  expect(await post(receiver, { text: 'a' })).toBe('hang');
  expect(await post(receiver, { text: 'a' })).toBe('reset');
  expect(await listed(receiver)).toEqual({ messages: [] });
  expect(await post(receiver, { text: 'a' })).toEqual([200, 'ok']);
});

test('openWebhookReceiver() refuses other methods', async () => {
  expect(await (await open()).handle(request('DELETE'))).toMatchObject({ status: 405 });
});
