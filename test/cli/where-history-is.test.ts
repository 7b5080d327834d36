import { expect, test } from 'vitest';
import { whereHistoryIs } from '../../cli/where-history-is.ts';

const told = {
  fromMs: Date.UTC(2010, 11, 1, 8, 26),
  toMs: Date.UTC(2010, 11, 1, 9, 59, 59, 999),
  kinds: ['orders'],
} as const;

test('whereHistoryIs() asks for the whole hours of a history that jobs have learnt', () => {
  const text = whereHistoryIs('http://shop', { data: 'my data' }, { ...told, isLearnt: true });
  const results =
    'curl "http://shop/statistics/revenue?from=2010-12-01T08:00:00Z&to=2010-12-01T10:00:00Z&order=asc"';
  expect(text).toContain(results);
  expect(text).toContain('npm run query -- --data "my data" "select date(ordered_at)');
  expect(text).not.toContain('most-viewed');
  expect(text).not.toContain('replay');
});

test('whereHistoryIs() asks a shop on the internet with a token', () => {
  const place = { aws: true, stage: 'prod' };
  expect(whereHistoryIs('https://shop', place, { ...told, isLearnt: true })).toContain(
    'curl -H "authorization: Bearer $(npm run -s token -- --role analyst --aws --stage prod)" "https://shop/statistics/revenue?',
  );
});

test('whereHistoryIs() says first how jobs learn it', () => {
  const text = whereHistoryIs('http://shop', {}, { ...told, isLearnt: false });
  expect(text.indexOf('npm run replay -- --job all --from lake --wait --swap')).toBeGreaterThan(0);
  expect(text.indexOf('curl')).toBeGreaterThan(text.indexOf('npm run replay'));
});
