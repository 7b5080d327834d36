import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowChange } from '../../../shared/changes/row-change.ts';
import { lakeDataSets } from '../../../shared/lake/data-sets.ts';
import { lakeRow, timestampText } from '../../../shared/lake/rows.ts';

const orders = lakeDataSets.find(({ name }) => name === 'orders')!;
const payments = lakeDataSets.find(({ name }) => name === 'payments')!;
const orderItems = lakeDataSets.find(({ name }) => name === 'order_items')!;
const committedMs = Date.UTC(2026, 2, 1, 0, 0, 5);
const arrivedMs = Date.UTC(2026, 2, 1, 0, 0, 7);

function orderChange(change: Partial<RowChange> = {}): RowChange {
  return {
    table: 'orders',
    operation: 'insert',
    key: '7',
    rowVersion: 1,
    row: {
      id: 7,
      customer_id: '9007199254740993',
      ordered_at: '2026-02-28T23:59:59.999999Z',
      total: '19.9',
      status: 'pending',
      channel: 'web',
      shipping_country: 'DE',
      payment_id: null,
      row_version: 1,
      created_at: '2026-02-28T23:59:59Z',
      updated_at: '2026-02-28T23:59:59.5Z',
    },
    commitTimeMs: committedMs,
    eventId: 'orders|7|1',
    ...change,
  };
}

describe('lakeRow()', () => {
  it('writes every column of the data set in a form that loses nothing', () => {
    const row = lakeRow(orders, orderChange(), arrivedMs);
    expect(Object.keys(row)).toEqual([...orders.columns.map(({ name }) => name), '_partition']);
    expect(row).toMatchObject({
      id: 7,
      customer_id: '9007199254740993',
      ordered_at: '2026-02-28 23:59:59.999',
      total: '19.90',
      payment_id: null,
      device_id: null,
      _op: 'insert',
      _ts: '2026-03-01 00:00:05.000',
      _event_id: 'orders|7|1',
      _partition: '2026-02',
    });
  });

  it('files order items by the day of the order', () => {
    const change = orderChange({ table: 'order_items' });
    const row = { ...change.row, quantity: 3, unit_price: 5 };
    expect(lakeRow(orderItems, { ...change, row }, arrivedMs)).toMatchObject({
      quantity: 3,
      unit_price: '5.00',
      _partition: '2026-02-28',
    });
  });

  it('gives a loaded row the time of its last update, so a reload repeats the same row', () => {
    const load = orderChange({ operation: 'load', commitTimeMs: undefined });
    expect(lakeRow(orders, load, arrivedMs)['_ts']).toBe('2026-02-28 23:59:59.500');
    expect(lakeRow(orders, load, arrivedMs + 9_999)).toEqual(lakeRow(orders, load, arrivedMs));
    const { updated_at: _, ...row } = load.row;
    expect(lakeRow(orders, { ...load, row }, arrivedMs)['_ts']).toBe('2026-03-01 00:00:07.000');
  });

  it('files a delete that carries only its key by the time of its commit', () => {
    const row = { id: 7, ordered_at: null };
    const removed = orderChange({ operation: 'delete', row, rowVersion: 0, eventId: 'orders|7|d' });
    expect(lakeRow(orders, removed, arrivedMs)).toMatchObject({
      id: 7,
      row_version: null,
      total: null,
      _op: 'delete',
      _partition: '2026-03',
    });
  });

  it('files a record from before the column was there by when it was written', () => {
    const row = { id: 7, row_version: 2, created_at: '2026-02-27T10:00:00Z' };
    const change = orderChange({ table: 'payments', operation: 'update', row });
    expect(lakeRow(payments, change, arrivedMs)).toMatchObject({
      attempted_at: null,
      _partition: '2026-02-27',
    });
  });

  it('keeps scores to their fifth place', () => {
    const row = { ...orderChange().row, attempted_at: '2026-02-28T10:00:00Z' };
    for (const score of [0.12345, '0.12345', '1.2345E-1', '.12345']) {
      const change = orderChange({ table: 'payments', row: { ...row, decision_score: score } });
      expect(lakeRow(payments, change, arrivedMs)['decision_score']).toBe('0.12345');
    }
  });

  it.each([
    [
      'total',
      'a lot',
      'Cannot read orders 7: total: it is not of type decimal(12,2): received "a lot"',
    ],
    ['total', '10000000000.00', 'type decimal(12,2)'],
    ['total', '1.234', 'type decimal(12,2)'],
    ['customer_id', 1.5, 'type bigint'],
    ['customer_id', '9223372036854775808', 'type bigint'],
    ['ordered_at', 'yesterday', 'type timestamp'],
    ['ordered_at', '2026-02-28 10:00:00', 'type timestamp'],
    ['ordered_at', null, 'Cannot file row of orders 7: ordered_at is null'],
  ])('refuses %s = %j with a reason', (column, value, reason) => {
    const change = orderChange();
    expect(() =>
      lakeRow(orders, { ...change, row: { ...change.row, [column]: value } }, arrivedMs),
    ).toThrow(reason);
  });

  it('keeps every amount of cents exactly, whichever way it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }), (cents) => {
        const text = `${cents < 0 ? '-' : ''}${String(Math.abs(cents)).padStart(3, '0')}`;
        const expected = `${text.slice(0, -2)}.${text.slice(-2)}`;
        for (const total of [expected, `${cents}e-2`]) {
          const change = orderChange();
          const row = lakeRow(orders, { ...change, row: { ...change.row, total } }, arrivedMs);
          expect(row['total']).toBe(expected);
        }
      }),
    );
  });
});

describe('timestampText()', () => {
  it('gives back the same instant when read as UTC', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (epochMs) => {
        expect(Date.parse(`${timestampText(epochMs).replace(' ', 'T')}Z`)).toBe(epochMs);
      }),
    );
  });
});
