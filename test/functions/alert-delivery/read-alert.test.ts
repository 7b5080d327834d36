import { describe, expect, it } from 'vitest';
import { readAlert } from '../../../functions/alert-delivery/read-alert.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';
import { alertData } from './delivery-rig.ts';

const from = { stream: 'dev-insights', shard: 'shardId-000000000000' };
const insight = {
  id: 'high-value-order|1',
  type: 'alert',
  schemaVersion: 1,
  revision: 1,
  job: 'high-value-order',
  generation: 1,
  data: alertData(),
};
const read = (value: unknown) => readAlert(streamRecord(JSON.stringify(value)), from);

describe('readAlert()', () => {
  it('reads an alert, and leaves other insights alone', () => {
    expect(read(insight)).toEqual({ kind: 'told', insight });
    expect(read({ ...insight, type: 'revenue', data: {} })).toEqual({ kind: 'other' });
  });

  it('reads an alert that no order caused', () => {
    const { orderId, customerId, totalCents, ...data } = alertData();
    const ofShop = { ...insight, data };
    expect(read(ofShop)).toEqual({ kind: 'told', insight: ofShop });
  });

  it.each([
    ['no id', { ...insight, id: '' }, /id/],
    ['an id too long for a key', { ...insight, id: 'x'.repeat(513) }, /id/],
    ['another version', { ...insight, schemaVersion: 2 }, /schemaVersion/],
    ['no customer', { ...insight, data: { ...alertData(), customerId: '' } }, /customerId/],
    ['no such time', { ...insight, data: { ...alertData(), atMs: 9e15 } }, /atMs/],
    [
      'an endless reason',
      { ...insight, data: { ...alertData(), reason: 'x'.repeat(1e6) } },
      /reason/,
    ],
    ['no data', { ...insight, data: undefined }, /data/],
    ['a text', 'alert', /not an alert/],
  ])('makes a dead letter of %s', (_what, value, reason) => {
    expect(read(value)).toMatchObject({
      kind: 'undecodable',
      letter: { consumer: 'alert-delivery', ...from, reason: expect.stringMatching(reason) },
    });
  });

  it('makes a dead letter, cut to size, of what is no JSON', () => {
    const result = readAlert(streamRecord('{'.repeat(1_000_000)), from);
    expect(result).toMatchObject({ kind: 'undecodable', letter: { truncated: true } });
    expect(JSON.stringify(result).length).toBeLessThan(150_000);
  });
});
