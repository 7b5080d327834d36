import { expect, test } from 'vitest';
import {
  statisticsParameters,
  toStatisticsQuery,
} from '../../../functions/insights-api/statistics-query.ts';
import { problemFields } from '../../../shared/http/problem-fields.ts';
import { statisticWindow } from '../../../shared/statistics/statistic-window.ts';

const windows = [
  statisticWindow(60_000, { name: 'revenue', generation: 1 }),
  statisticWindow(3_600_000, { name: 'revenue-1h', generation: 1 }),
] as const;

/** What is asked of the table, or everything that is wrong with the parameters. */
function parse(parameters: Record<string, string>) {
  const parsed = statisticsParameters(windows).safeParse(parameters);
  return parsed.success
    ? { ok: true as const, query: toStatisticsQuery(parsed.data) }
    : { ok: false as const, errors: problemFields(parsed.error) };
}

const noonMs = Date.UTC(2026, 2, 1, 12);

test('statisticsParameters() without parameters asks for the newest 60 windows', () => {
  expect(parse({})).toEqual({
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
])('statisticsParameters() reads the moment %s', (from) => {
  const parsed = parse({ from });
  expect(parsed).toMatchObject({ ok: true, query: { fromMs: noonMs } });
});

test('statisticsParameters() takes a day for its start in UTC', () => {
  const parsed = parse({ from: '2026-03-01', to: '2026-03-02' });
  const fromMs = Date.UTC(2026, 2, 1);
  expect(parsed).toMatchObject({ ok: true, query: { fromMs, toMs: fromMs + 86_400_000 } });
});

test('statisticsParameters() names the forms that a moment may have', () => {
  const parsed = parse({ from: 'yesterday' });
  expect(JSON.stringify(parsed)).toContain('2026-03-01 (UTC)');
  expect(JSON.stringify(parsed)).toContain('2026-03-01T12:00:00Z');
  expect(JSON.stringify(parsed)).toContain('epoch milliseconds');
});

test.each([
  ['', 'an empty text'],
  ['yesterday', 'a word'],
  ['2026-02-30', 'a day that does not exist'],
  ['2026-03-01T12:00:00', 'a time without an offset'],
  ['2026-02-30T12:00:00Z', 'a day that does not exist'],
  ['-5', 'a negative number'],
  ['1e12', 'a number with an exponent'],
  ['1,2', 'a parameter given twice'],
])('statisticsParameters refuses the moment "%s": %s', (to) => {
  const parsed = parse({ to });
  expect(parsed).toMatchObject({ ok: false, errors: [{ field: 'to' }] });
});

test('statisticsParameters lists everything that is wrong at once', () => {
  const parsed = parse({
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
    'Must be a whole number from 1 to 1000',
  );
});

test.each(['0', '1001', '-1', '2.5', '1e3', 'ten', ''])(
  'statisticsParameters refuses the limit "%s"',
  (limit) => {
    expect(parse({ limit })).toMatchObject({ ok: false });
  },
);

test.each(['1', '1000'])('statisticsParameters takes the limit %s', (limit) => {
  expect(parse({ limit })).toMatchObject({ ok: true, query: { limit: +limit } });
});

test('statisticsParameters refuses a range that is empty or turned around', () => {
  const errors = [{ field: 'to', reason: 'Must lie after from' }];
  expect(parse({ from: '5', to: '5' })).toEqual({ ok: false, errors });
  expect(parse({ from: '6', to: '5' })).toEqual({ ok: false, errors });
});
