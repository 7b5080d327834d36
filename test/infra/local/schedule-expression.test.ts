import { expect, test } from 'vitest';
import { scheduleExpression } from '../../../infra/local/schedule-expression.ts';

function runs(expression: string, from: string, count = 1): string[] {
  const next = scheduleExpression(expression);
  const found: string[] = [];
  let atMs = next(Date.parse(from));
  while (atMs !== undefined && found.length < count) {
    found.push(new Date(atMs).toISOString().slice(0, 16));
    atMs = next(atMs);
  }
  return found;
}

test.each([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(2 hours)', 7_200_000],
  ['rate(1 day)', 86_400_000],
])('scheduleExpression() counts %s from the last run', (expression, everyMs) => {
  expect(scheduleExpression(expression)(1234)).toBe(1234 + everyMs);
});

test.each([
  ['cron(* * * * ? *)', '2026-01-01T00:00:30Z', ['2026-01-01T00:01', '2026-01-01T00:02']],
  ['cron(0/15 8-9 * * ? *)', '2026-01-01T08:30Z', ['2026-01-01T08:45', '2026-01-01T09:00']],
  ['cron(50/5 23 * * ? *)', '2026-01-01T23:50Z', ['2026-01-01T23:55', '2026-01-02T23:50']],
  ['cron(0 8 ? * MON-FRI *)', '2026-11-20T08:00Z', ['2026-11-23T08:00', '2026-11-24T08:00']],
  ['cron(0 0 1,15 * ? *)', '2026-01-01T00:00Z', ['2026-01-15T00:00', '2026-02-01T00:00']],
  ['cron(30 3 L * ? *)', '2028-02-01T00:00Z', ['2028-02-29T03:30', '2028-03-31T03:30']],
  ['cron(0 0 1W * ? *)', '2026-07-31T12:00Z', ['2026-08-03T00:00', '2026-09-01T00:00']],
  ['cron(0 0 31W MAY ? *)', '2026-01-01T00:00Z', ['2026-05-29T00:00', '2027-05-31T00:00']],
  ['cron(0 0 ? * 6L *)', '2026-11-01T00:00Z', ['2026-11-27T00:00', '2026-12-25T00:00']],
  ['cron(0 0 ? * 6#3 *)', '2026-11-01T00:00Z', ['2026-11-20T00:00', '2026-12-18T00:00']],
  ['cron(0 0 29 FEB ? *)', '2026-01-01T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 12 * JAN ? 2027-2028)', '2027-01-31T12:00Z', ['2028-01-01T12:00', '2028-01-02T12:00']],
])('scheduleExpression() runs %s after %s', (expression, from, expected) => {
  expect(runs(expression, from, 2)).toEqual(expected);
});

test.each([
  ['at(2026-01-01T00:00:00)', 'only rate(…) and cron(…) are played'],
  ['rate(0 minutes)', 'only rate(…) and cron(…) are played'],
  ['rate(5 seconds)', 'only rate(…) and cron(…) are played'],
  ['cron(* * * * ?)', 'it needs six fields'],
  ['cron(* * * * * *)', 'one of day of month and day of week must be ?'],
  ['cron(* * ? * ? *)', 'one of day of month and day of week must be ?'],
  ['cron(60 * * * ? *)', '60 is not between 0 and 59'],
  ['cron(5-1 * * * ? *)', '5-1 is no value or range'],
  ['cron(0/0 * * * ? *)', '0/0 is no value or range'],
  ['cron(x * * * ? *)', 'x is not between 0 and 59'],
])('scheduleExpression() refuses %s', (expression, message) => {
  expect(() => scheduleExpression(expression)).toThrow(`Cannot read schedule: ${message}`);
});

test.each(['cron(0 0 30 FEB ? *)', 'cron(0 0 1 JAN ? 2025)'])(
  'scheduleExpression() knows no further run of %s',
  (expression) => {
    expect(scheduleExpression(expression)(Date.parse('2026-01-01T00:00Z'))).toBeUndefined();
  },
);
