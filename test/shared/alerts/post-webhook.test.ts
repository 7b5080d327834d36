import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import * as alerts from '../../../shared/alerts/post-webhook.ts';

const nowMs = Date.UTC(2026, 9, 21, 7, 27, 30);
const postWebhook = (url: string, message: unknown, timeoutMs?: number) =>
  alerts.postWebhook(
    { url, body: JSON.stringify(message), headers: { 'idempotency-key': 'alert-1' } },
    () => nowMs,
    timeoutMs,
  );

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A receiver on a port of its own; its address carries a secret. */
async function receiver(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return `http://127.0.0.1:${port}/services/s3cret`;
}

describe('postWebhook()', () => {
  it('posts JSON', async () => {
    const seen: unknown[] = [];
    const url = await receiver(async (request, response) => {
      const chunks = await request.toArray();
      const { method, url: path, headers } = request;
      const { 'content-type': type, 'idempotency-key': key } = headers;
      seen.push([method, path, type, key, Buffer.concat(chunks).toString()]);
      response.end('ok');
    });
    expect(await postWebhook(url, { text: 'é' })).toEqual({ kind: 'sent' });
    expect(seen).toEqual([
      ['POST', '/services/s3cret', 'application/json', 'alert-1', '{"text":"é"}'],
    ]);
  });

  it('holds for sent what was taken, whatever becomes of the body', async () => {
    const url = await receiver((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.flushHeaders();
    });
    const startedAtMs = performance.now();
    expect(await postWebhook(url, {})).toEqual({ kind: 'sent' });
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  it('tells how long the receiver asks to wait', async () => {
    const url = await receiver((_, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end('slow down');
    });
    expect(await postWebhook(url, {})).toEqual({
      kind: 'failed',
      reason: 'the receiver answered 429 slow down',
      retryAfterMs: 30_000,
    });
  });

  it.each([
    ['0.5294', 530],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 30_000],
    ['Wednesday, 21-Oct-26 07:28:00 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:20:00 GMT', 0],
  ])('tells how long the receiver asks to wait as "%s"', async (date, retryAfterMs) => {
    const url = await receiver((_, response) => {
      response.writeHead(503, { 'retry-after': date }).end();
    });
    expect(await postWebhook(url, {})).toMatchObject({ kind: 'failed', retryAfterMs });
  });

  it.each(['Wed, never', '-1', '', '1.', '2026-10-21'])('leaves "%s" alone', async (header) => {
    const url = await receiver((_, response) => {
      response.writeHead(503, { 'retry-after': header }).end();
    });
    expect(await postWebhook(url, {})).toEqual({
      kind: 'failed',
      reason: 'the receiver answered 503',
      retryAfterMs: undefined,
    });
  });

  it('shows little of a long answer', async () => {
    const url = await receiver((_, response) => {
      response.writeHead(500).end('x'.repeat(10_000));
    });
    const outcome = await postWebhook(url, {});
    expect(JSON.stringify(outcome).length).toBeLessThan(400);
  });

  it('follows no redirect', async () => {
    const url = await receiver((_, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(await postWebhook(url, {})).toMatchObject({
      kind: 'failed',
      reason: 'unexpected redirect',
    });
  });

  it('ends with the reason when the connection is reset or refused', async () => {
    const url = await receiver((request) => request.socket.resetAndDestroy());
    expect(await postWebhook(url, {})).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/ECONNRESET|other side closed/),
    });
    server?.close();
    server?.closeAllConnections();
    expect(await postWebhook(url, {})).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await postWebhook(named, {})).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('waits only so long for an answer', async () => {
    const url = await receiver(() => {});
    expect(await postWebhook(url, {}, 100)).toMatchObject({
      kind: 'failed',
      reason: 'no answer within 100 ms',
    });
  });

  it.each(['http://', 'http://user:s3cret@127.0.0.1:1/s3cret', 'https://s3cret:99999/'])(
    'never shows the address %s',
    async (url) => {
      const outcome = await postWebhook(url, {});
      expect(outcome.kind).toBe('failed');
      expect(JSON.stringify(outcome)).not.toContain('s3cret');
      expect(outcome).toMatchObject({ reason: expect.stringMatching(/\w/) });
    },
  );
});
