import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Refusal } from '../../../cli/import/refusals.ts';
import { type ClickLine, sendClicks } from '../../../cli/import/send-clicks.ts';
import { shopClient } from '../../../cli/shoppers/shop-client.ts';

const batch = z.object({ events: z.array(z.looseObject({ eventId: z.string() })) });
type Answer = { status: number; body: unknown };

let close = async (): Promise<void> => {};
afterEach(() => close());

/** A front that gives these answers, one after the other; what it was sent. */
async function frontThat(...answers: readonly Answer[]) {
  const received: z.output<typeof batch>['events'][] = [];
  const tokens = new Set<string | undefined>();
  const server = createServer(async (request, response) => {
    received.push(batch.parse(await json(request)).events);
    tokens.add(request.headers.authorization);
    const { status, body } = answers[received.length - 1] ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => void server.close();
  const { port } = server.address() as AddressInfo;
  const refused: Refusal[] = [];
  const options = {
    ...{ shop: shopClient(`http://127.0.0.1:${port}`), token: 'a token', importId: 'file' },
    ...{ isBackfill: true, refuse: (refusal: Refusal) => refused.push(refusal) },
  };
  return { received, tokens, refused, options };
}

function clicksOf(count: number): ClickLine[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ line: index + 2, type: 'view', atMs: 1_400_000_000_000, session: 's', user: 'u' },
    ...{ product: undefined, productId: 7, priceCents: undefined, category: undefined },
    consent: 'personal',
  }));
}

describe('sendClicks()', () => {
  it('sends at most 500 at once, as history of an operator, each known by its line', async () => {
    const taken = (accepted: number) => ({ status: 202, body: { accepted, errors: [] } });
    const front = await frontThat(taken(500), taken(101));
    expect(await sendClicks(clicksOf(601), front.options)).toBe(601);
    expect(front.received.map(({ length }) => length)).toEqual([500, 101]);
    expect(front.received[1]?.[0]).toMatchObject({
      ...{ eventId: 'file-502', backfill: true, productId: 7, userId: 'u' },
      occurredAt: '2014-05-13T16:53:20.000Z',
    });
    expect([...front.tokens]).toEqual(['Bearer a token']);
  });

  it('sends again what a full stream did not take, under the same ids', async () => {
    const full = { status: 503, body: {} };
    const front = await frontThat(full, { status: 202, body: { accepted: 2, errors: [] } });
    expect(await sendClicks(clicksOf(2), front.options)).toBe(2);
    expect(front.received[1]).toEqual(front.received[0]);
  });

  it('tells of each refused click by its line, also when none is taken', async () => {
    const of = (place: number) => ({ field: `events.${place}.consent`, reason: 'Not kept' });
    const some = { status: 202, body: { accepted: 1, errors: [of(1)] } };
    const front = await frontThat(some, { status: 422, body: { errors: [of(0), of(1)] } });
    expect(await sendClicks(clicksOf(2), front.options)).toBe(1);
    expect(await sendClicks(clicksOf(2), front.options)).toBe(0);
    expect(front.refused).toEqual([
      { line: 3, field: 'consent', reason: 'Not kept' },
      { line: 2, field: 'consent', reason: 'Not kept' },
      { line: 3, field: 'consent', reason: 'Not kept' },
    ]);
  });

  it('gives up where trying again does not help', async () => {
    const front = await frontThat({ status: 403, body: {} });
    await expect(sendClicks(clicksOf(2), front.options)).rejects.toThrow('received 403');
  });
});
