import { describe, expect, it } from 'vitest';
import { type ClickRecord, clickRecord, clickTypes } from '../../../shared/events/click.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';

const click: ClickRecord = {
  schemaVersion: 1,
  eventId: '0190b5c2-0000-4000-8000-000000000001',
  type: 'view',
  occurredAtMs: Date.UTC(2026, 2, 1, 12),
  session: '5f0c',
  user: null,
  productId: 41,
  category: null,
  consent: 'statistics',
};
const arrivalMs = Date.UTC(2026, 2, 1, 12, 0, 1);
const recordOf = (value: unknown) => streamRecord(JSON.stringify(value), '1', arrivalMs);
const decode = (value: unknown) => clicks().decode([recordOf(value)])[0];

describe('clicks()', () => {
  it('reads every type of click as the intake writes it', () => {
    for (const type of clickTypes) {
      const event = { ...click, type, user: 'c0de', category: 'Garden', consent: 'personal' };
      expect(decode(event)).toEqual({
        kind: 'event',
        event: clickRecord.parse(event),
        id: click.eventId,
        committedAtMs: arrivalMs,
      });
    }
  });

  it('reads the ticks that the clock puts into the stream', () => {
    expect(decode({ type: 'tick', at: arrivalMs })).toEqual({ kind: 'tick', atMs: arrivalMs });
    expect(clicks(['cart']).decode([recordOf({ type: 'tick', at: 5 })])).toEqual([
      { kind: 'tick', atMs: 5 },
    ]);
  });

  it('leaves out types that are not asked for', () => {
    const records = [recordOf(click), recordOf({ ...click, type: 'cart' })];
    expect(clicks(['cart']).decode(records)).toMatchObject([
      { kind: 'ignored' },
      { event: { type: 'cart' } },
    ]);
  });

  it('knows a page by its path', () => {
    const viewed = { ...click, type: 'page', productId: null, page: '/products/41' };
    expect(decode(viewed)).toMatchObject({ kind: 'event', event: viewed });
    expect(decode({ ...viewed, page: 'x'.repeat(257) })).toMatchObject({ kind: 'undecodable' });
  });

  it('passes over history that is told later', () => {
    expect(decode({ ...click, isBackfill: true })).toEqual({ kind: 'ignored' });
    for (const isBackfill of ['true', 1, false, null]) {
      expect(clickRecord.safeParse({ ...click, isBackfill }).success).toBe(false);
      expect(decode({ ...click, isBackfill })).toMatchObject({ kind: 'undecodable' });
    }
    expect(decode({ ...click, isBackfill: true, eventId: 7 })).toMatchObject({
      kind: 'undecodable',
    });
  });

  it('reads a batch once for all sources', () => {
    const records = [recordOf(click)];
    const [first] = clicks(['view']).decode(records);
    expect(clicks().decode(records)[0]).toBe(first);
  });

  it.each([
    ['schemaVersion: 1 is expected: received 2', { ...click, schemaVersion: 2 }],
    ['eventId: a text of at most 128 characters is expected', { ...click, eventId: undefined }],
    ['eventId: a text', { ...click, eventId: 'x'.repeat(129) }],
    ['type: one of view, browse', { ...click, type: 'constructor' }],
    ['occurredAtMs: epoch milliseconds is expected: received 0.5', { ...click, occurredAtMs: 0.5 }],
    ['session: a text', { ...click, session: 7 }],
    ['user: a text', { ...click, user: undefined }],
    ['productId: a whole number or null is expected: received "41"', { ...click, productId: '41' }],
    ['category: a text', { ...click, category: 9 }],
    ['consent: statistics or personal', { ...click, consent: 'none' }],
    ['tick: at: epoch milliseconds', { type: 'tick', at: 'now' }],
    ['neither a click nor a tick', [click]],
  ])('says why it cannot read: %s', (reason, value) => {
    expect(decode(value)).toEqual({
      kind: 'undecodable',
      reason: expect.stringContaining(reason),
    });
  });

  it('says of bytes that are no JSON that they are none', () => {
    const [decoded] = clicks().decode([streamRecord('{"type":')]);
    expect(decoded).toMatchObject({ reason: expect.stringMatching(/^not JSON: /) });
  });
});
