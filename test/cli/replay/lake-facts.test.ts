import { describe, expect, it } from 'vitest';
import { boundsSql, daysOf, factsSql, lakeFact, lakeTick } from '../../../cli/replay/lake-facts.ts';
import { shopFacts } from '../../../shared/changes/shop-facts.ts';
import { lakeDataSets } from '../../../shared/lake/data-sets.ts';

const hourMs = 3_600_000;
const march = Date.UTC(2026, 2, 1);
const [orders, , adjustments] = lakeDataSets;
if (!orders || !adjustments) throw new Error('the lake has lost data sets');

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
      row_version: '1',
      _op: 'insert',
      _ts: '2026-03-01 12:00:00.500',
      _event_id: 'orders|9007199254740993|1',
    });
    const fact = lakeFact(orders, row);
    expect(fact.atMs).toBe(march + 12 * hourMs + 123);
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
          totalCents: 123_450,
          orderedAtMs: march + 12 * hourMs + 123,
          channel: 'web',
          country: null,
          committedAtMs: march + 12 * hourMs + 500,
        },
      },
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

describe('lakeTick()', () => {
  it('is a tick of the change stream', () => {
    const record = { sequenceNumber: '1', data: lakeTick(march), arrivalMs: march };
    expect(shopFacts(['order'], 0).decode([record])).toEqual([{ kind: 'tick', atMs: march }]);
  });
});

describe('factsSql()', () => {
  it('asks for the inserts of a span, in order, of the partitions that may hold them', () => {
    const sql = factsSql(orders, { fromMs: march - hourMs, toMs: march + hourMs });
    expect(sql).toContain("WHERE month BETWEEN '2026-02' AND '2026-03'");
    expect(sql).toContain("AND ordered_at >= TIMESTAMP '2026-02-28 23:00:00.000'");
    expect(sql).toContain("AND ordered_at < TIMESTAMP '2026-03-01 01:00:00.000'");
    expect(factsSql(adjustments, { fromMs: march, toMs: march + hourMs })).toContain(
      "WHERE day BETWEEN '2026-03-01' AND '2026-03-01'",
    );
    expect(boundsSql(adjustments)).toContain('min(occurred_at), max(occurred_at)');
  });
});

describe('daysOf()', () => {
  it('cuts at midnight', () => {
    const days = [...daysOf({ fromMs: march - hourMs, toMs: march + 25 * hourMs })];
    expect(days).toEqual([
      { fromMs: march - hourMs, toMs: march },
      { fromMs: march, toMs: march + 24 * hourMs },
      { fromMs: march + 24 * hourMs, toMs: march + 25 * hourMs },
    ]);
    expect([...daysOf({ fromMs: march, toMs: march })]).toEqual([]);
  });
});
