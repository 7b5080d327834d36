import { describe, expect, it } from 'vitest';
import { lakeFact, lakeTick } from '../../../cli/replay/lake-facts.ts';
import { shopFacts } from '../../../shared/changes/shop-facts.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { clickDataSet, lakeDataSets } from '../../../shared/lake/data-sets.ts';
import { viewText } from '../../fixtures/clicks.ts';

const hourMs = 3_600_000;
const march = Date.UTC(2026, 2, 1);
const [orders, , adjustments, payments, reviews] = lakeDataSets;
if (!orders || !adjustments || !payments || !reviews)
  throw new Error('the lake has lost data sets');

/** A row as Athena prints it: everything is text. */
function rowOf(dataSet: typeof orders, values: Readonly<Record<string, string>>) {
  return dataSet?.columns.map(({ name }) => values[name] ?? null) ?? [];
}

describe('lakeFact()', () => {
  it('gives the record back that the capture had put, to the job’s own decoder', () => {
    const row = rowOf(orders, {
      id: '9007199254740993',
      customer_id: '7',
      total: '1234.50',
      ordered_at: '2026-03-01 12:00:00.123',
      channel: 'web',
      is_backfill: 'true',
      row_version: '1',
      _op: 'insert',
      _ts: '2026-03-01 12:00:00.500',
      _event_id: 'orders|9007199254740993|1',
    });
    const fact = lakeFact(orders, row);
    expect(fact).toMatchObject({ atMs: march + 12 * hourMs + 123, isBackfill: true });
    const record = { sequenceNumber: '1', data: fact.data, arrivalMs: fact.atMs };
    expect(shopFacts(['order'], 0).decode([record])).toEqual([
      {
        kind: 'event',
        id: 'orders|9007199254740993|1',
        committedAtMs: march + 12 * hourMs + 500,
        event: {
          kind: 'order',
          orderId: '9007199254740993',
          customerId: '7',
          customerSinceMs: null,
          totalCents: 123_450,
          orderedAtMs: march + 12 * hourMs + 123,
          channel: 'web',
          country: null,
          customerHash: null,
          emailHash: null,
          deviceId: null,
          addressHash: null,
          ipHash: null,
          committedAtMs: march + 12 * hourMs + 500,
        },
      },
    ]);
  });

  it('gives payments when they were attempted, and reviews when they were made', () => {
    const payment = rowOf(payments, {
      ...{ id: '4', order_id: '1', customer_id: '7', method: 'pix', installments: '1' },
      ...{ amount: '0.10', status: 'approved', created_at: '2026-03-02 09:00:00.000' },
      ...{ attempted_at: '2026-03-01 09:00:00.000', decision: 'review', decision_basis: 'model' },
      ...{ decision_score: '0.90000', is_backfill: 'true', row_version: '1', _op: 'insert' },
    });
    const review = rowOf(reviews, {
      ...{ id: '5', order_id: '1', customer_id: '7', verdict: 'fraud', source: 'chargeback' },
      ...{ reviewed_at: '2026-03-01 10:00:00.000', order_total: '0.10', row_version: '1' },
      ...{ card_fingerprint: 'f', is_backfill: 'false', _op: 'insert' },
    });
    const told = [lakeFact(payments, payment), lakeFact(reviews, review)];
    expect(told).toMatchObject([
      { id: 'payments|4', atMs: march + 9 * hourMs, isBackfill: true },
      { id: 'order_reviews|5', atMs: march + 10 * hourMs, isBackfill: false },
    ]);
    const records = told.map(({ data }) => ({ sequenceNumber: '1', data, arrivalMs: 0 }));
    expect(shopFacts(['payment', 'review'], 0).decode(records)).toMatchObject([
      { event: { amountCents: 10, attemptedAtMs: march + 9 * hourMs, decisionScore: 0.9 } },
      { event: { verdict: 'fraud', source: 'chargeback', cardHash: 'f', orderTotalCents: 10 } },
    ]);
  });

  it('gives refunds at their own time', () => {
    const row = rowOf(adjustments, {
      id: '3',
      order_id: '1',
      customer_id: '7',
      kind: 'refund',
      amount: '0.10',
      occurred_at: '2026-03-02 00:00:00.000',
      row_version: '1',
      _ts: '2026-03-02 00:00:00.000',
    });
    const { data, atMs } = lakeFact(adjustments, row);
    expect(
      shopFacts(['adjustment'], 0).decode([{ sequenceNumber: '1', data, arrivalMs: atMs }]),
    ).toMatchObject([{ kind: 'event', event: { amountCents: 10, occurredAtMs: atMs } }]);
  });
});

describe('lakeFact() of a click', () => {
  it('gives the click back that the intake had put, history told in its place', () => {
    const row = rowOf(clickDataSet, {
      event_id: 'e1',
      type: 'view',
      occurred_at: '2011-06-01 00:00:00.007',
      session_hash: '5f0c',
      product_id: '12',
      consent: 'statistics',
      is_backfill: 'true',
      _op: 'insert',
      _ts: '2026-03-01 12:00:00.500',
    });
    const fact = lakeFact(clickDataSet, row);
    const occurredAtMs = Date.UTC(2011, 5, 1) + 7;
    const arrivalMs = march + 12 * hourMs + 500;
    expect(fact).toMatchObject({ atMs: occurredAtMs, arrivalMs, isBackfill: true });
    const record = { sequenceNumber: '1', data: fact.data, arrivalMs };
    const event = JSON.parse(viewText('e1', occurredAtMs, { productId: 12 }));
    expect(clicks().decode([record])).toEqual([
      { kind: 'event', id: 'e1', committedAtMs: arrivalMs, event },
    ]);
  });

  it('is another click than one whose name differs by a nought', () => {
    const named = (event_id: string) =>
      lakeFact(
        clickDataSet,
        rowOf(clickDataSet, {
          ...{ event_id, type: 'view', occurred_at: '2011-06-01 00:00:00.007' },
          ...{ session_hash: '5f0c', product_id: '12', consent: 'statistics' },
        }),
      ).id;
    expect(named('7')).not.toBe(named('07'));
  });
});

describe('lakeTick()', () => {
  it('is a tick of its stream', () => {
    const tick = (stream: 'shop-changes' | 'clickstream') => ({
      sequenceNumber: '1',
      data: lakeTick(stream, march),
      arrivalMs: march,
    });
    const told = [{ kind: 'tick', atMs: march }];
    expect(shopFacts(['order'], 0).decode([tick('shop-changes')])).toEqual(told);
    expect(clicks().decode([tick('clickstream')])).toEqual(told);
  });
});
