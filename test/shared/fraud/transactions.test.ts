import { expect, test } from 'vitest';
import type { EntityState, FeatureEvent } from '../../../shared/features/feature.ts';
import { transactionFeatures } from '../../../shared/fraud/transactions.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const set = transactionFeatures({
  entities: ['customer', 'terminal'],
  windowsDays: [1, 7, 30],
  labelDelayDays: 7,
});

/** A transaction, and what is known of it a week later. */
function transaction(id: string, atMs: number, fraud: number): readonly FeatureEvent[] {
  const entities = { customer: 'c', terminal: 't' };
  return [
    { source: 'transaction', id, atMs, entities, values: { amountCents: 1_000 } },
    { source: 'label', id, atMs: atMs + 7 * dayMs, entities, values: { fraud } },
  ];
}

function lastOf(events: readonly FeatureEvent[]) {
  const states = new Map<string, EntityState>();
  let last: ReturnType<typeof set.take>['vector'];
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) {
    const { states: changed, vector } = set.take(event, states);
    for (const [key, state] of changed) states.set(key, state);
    last = vector ?? last;
  }
  return last;
}

test('transactionFeatures() counts at once, and knows of fraud after the delay', () => {
  // 5 January 1970 was a Monday.
  const monday = 4 * dayMs;
  const history = [
    ...transaction('1', monday + 10 * hourMs, 1),
    ...transaction('2', monday + 11 * hourMs, 0),
  ];
  const point = (atMs: number) => lastOf([...history, ...transaction('3', atMs, 0).slice(0, 1)]);

  expect(point(monday + 7 * dayMs + 9 * hourMs)).toMatchObject({
    terminal_count_30d: 3,
    terminal_mean_amount_30d: 1_000,
    terminal_known_7d: 0,
    terminal_risk_7d: null,
    at_night: 0,
    at_weekend: 0,
  });
  expect(point(monday + 7 * dayMs + 12 * hourMs)).toMatchObject({
    terminal_known_7d: 2,
    terminal_risk_7d: 0.5,
    customer_risk_1d: 0.5,
    customer_count_1d: 1,
  });
  expect(point(monday + 12 * dayMs + 3 * hourMs)).toMatchObject({ at_weekend: 1, at_night: 1 });
});

test('transactionFeatures() has windows of 1, 7 and 30 days only', () => {
  expect(() =>
    transactionFeatures({ entities: ['customer'], windowsDays: [2], labelDelayDays: 7 }),
  ).toThrow('windows are of 1, 7 or 30 days: received 2');
});
