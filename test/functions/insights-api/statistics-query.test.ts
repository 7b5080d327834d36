import { expect, test } from 'vitest';
import { parseStatisticsQuery } from '../../../functions/insights-api/statistics-query.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);

test('parseStatisticsQuery() without parameters asks for the newest 60 windows', () => {
  expect(parseStatisticsQuery({})).toEqual({
    ok: true,
    query: { fromMs: 0, toMs: 1e15, limit: 60, order: 'desc', cursor: undefined },
  });
});

test.each([
  ['2026-03-01T12:00:00Z'],
  ['2026-03-01T12:00:00.000Z'],
  ['2026-03-01T14:00:00+02:00'],
  ['2026-03-01T14:00:00 02:00'],
  ['2026-03-01T09:00:00-03:00'],
  [String(noonMs)],
])('parseStatisticsQuery() reads the moment %s', (from) => {
  const parsed = parseStatisticsQuery({ from });
  expect(parsed).toMatchObject({ ok: true, query: { fromMs: noonMs } });
});

test.each([
  ['', 'an empty text'],
  ['yesterday', 'a word'],
  ['2026-03-01', 'a day without a time'],
  ['2026-03-01T12:00:00', 'a time without an offset'],
  ['2026-02-30T12:00:00Z', 'a day that does not exist'],
  ['-5', 'a negative number'],
  ['1e12', 'a number with an exponent'],
  ['1,2', 'a parameter given twice'],
])('parseStatisticsQuery() refuses the moment "%s": %s', (to) => {
  const parsed = parseStatisticsQuery({ to });
  expect(parsed).toMatchObject({ ok: false, errors: [{ field: 'to' }] });
});

test('parseStatisticsQuery() lists everything that is wrong at once', () => {
  const parsed = parseStatisticsQuery({
    from: 'noon',
    to: '12:30',
    limit: '0',
    order: 'up',
    cursor: '!!',
    form: '1',
  });
  expect(parsed.ok).toBe(false);
  if (parsed.ok) return;
  expect(parsed.errors.map(({ field }) => field).sort()).toEqual(
    ['cursor', 'form', 'from', 'limit', 'order', 'to'].sort(),
  );
  expect(parsed.errors.find(({ field }) => field === 'limit')?.reason).toBe(
    'must be a whole number from 1 to 1000: received "0"',
  );
});

test.each(['0', '1001', '-1', '2.5', '1e3', 'ten', ''])(
  'parseStatisticsQuery() refuses the limit "%s"',
  (limit) => {
    expect(parseStatisticsQuery({ limit })).toMatchObject({ ok: false });
  },
);

test.each(['1', '1000'])('parseStatisticsQuery() takes the limit %s', (limit) => {
  expect(parseStatisticsQuery({ limit })).toMatchObject({ ok: true, query: { limit: +limit } });
});

test('parseStatisticsQuery() refuses a range that is empty or turned around', () => {
  const errors = [{ field: 'to', reason: 'must lie after from' }];
  expect(parseStatisticsQuery({ from: '5', to: '5' })).toEqual({ ok: false, errors });
  expect(parseStatisticsQuery({ from: '6', to: '5' })).toEqual({ ok: false, errors });
});
