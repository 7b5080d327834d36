import { describe, expect, it, test } from 'vitest';
import { fraud } from '../../../functions/fraud-detection/fraud.ts';
import { settings } from '../../../shared/config/settings.ts';
import { alertDataSchema } from '../../../shared/events/alert.ts';
import { fraudCaseSchema } from '../../../shared/events/fraud-case.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { shopJudging } from '../../../shared/fraud/shop-judging.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { loggedSource, playLog, type Step } from '../../fixtures/event-log.ts';
import { noonMs, orderEvent, paymentEvent, reviewEvent } from '../../fixtures/fraud-events.ts';
import {
  orderItemText,
  orderText,
  paymentText,
  reviewText,
  streamRecord,
} from '../../fixtures/shop-changes.ts';

// What is played arrives at the epoch, so the time of every event lies ahead of its arrival.
const bounds = settings({ MAX_FUTURE_MS: String(Number.MAX_SAFE_INTEGER) });
// Rules alone: what the shipped model says changes with each training.
const job = fraud(bounds, { ...shopJudging(bounds), model: undefined });
const played = { ...job, sources: [loggedSource<FeatureEvent>('shop-changes')] };

function step(event: FeatureEvent): Step<FeatureEvent> {
  return { id: `${event.source} ${event.id}`, event };
}

const burst = Array.from({ length: 8 }, (_, index) =>
  orderEvent({
    orderId: String(index + 1),
    orderedAtMs: noonMs + index * 1_000,
    totalCents: 500_000 + index,
  }),
);
const steps = [
  ...burst.slice(0, 4).map(step),
  { restart: true } as const,
  ...burst.slice(4).map(step),
  step(paymentEvent({ orderTotalCents: 500_000, decision: 'review', decisionBasis: 'rules' })),
  { tickMs: noonMs + 120_000 },
  step(reviewEvent({ verdict: 'legitimate' })),
];

describe('fraud()', () => {
  test.each([1, 2, 4])(
    'alerts once per cause over %i shards, and tells cases without gaps',
    async (shards) => {
      const partitionKey = ({ entities }: FeatureEvent) => entities['customer'] ?? '';
      const { emissions, late } = await playLog(played, steps, {
        seed: shards,
        shards,
        partitionKey,
      });

      const alerts = emissions.filter(({ type }) => type === 'alert');
      expect(alerts.map(({ id }) => id).sort()).toEqual([
        ...burst.map(({ id }) => `high-value-order|${id}`),
        'new-card-high-value|1',
        'order-burst|7|order-6',
      ]);
      expect(alerts.find(({ id }) => id.startsWith('order-burst'))?.entity).toBe('customer|7');
      for (const { data } of alerts) alertDataSchema.parse(data);

      const told = emissions.filter(({ id }) => id === 'fraud-case|1');
      expect(told.map(({ revision }) => revision)).toEqual([1, 2, 3]);
      const cases = told.map(({ data }) => fraudCaseSchema.parse(data));
      expect(cases.map(({ at }) => at)).toEqual(['order', 'payment', 'review']);
      expect(cases.at(-1)).toMatchObject({
        orderId: '1',
        customerId: '7',
        totalCents: 500_000,
        decision: 'allow',
        ruleHits: [{ rule: 'high-value-order', mode: 'live' }, { rule: 'new-card-high-value' }],
        checkout: { decision: 'review', basis: 'rules', score: null },
        review: { verdict: 'legitimate', source: 'operator' },
      });
      expect(emissions.filter(({ id }) => id === 'fraud-case|7').at(-1)?.data).toMatchObject({
        decision: 'review',
        decidedBy: 'rules',
      });
      expect(late).toEqual([]);
    },
  );

  it('reads facts and clicks of people who are known, and leaves out the rest', () => {
    const [changes, clickstream] = job.sources;
    const kindOf = (text: string, source = changes) => {
      const [decoded] = source?.decode([streamRecord(text)]) ?? [];
      return decoded?.kind === 'event' ? decoded.event.source : decoded?.kind;
    };
    expect(kindOf(orderText(5, noonMs))).toBe('order');
    expect(kindOf(orderItemText(5, noonMs))).toBe('item');
    expect(kindOf(paymentText(5, noonMs))).toBe('payment');
    expect(kindOf(reviewText(5, noonMs))).toBe('review');
    expect(kindOf(orderText(5, noonMs, {}, { operation: 'update' }))).toBe('ignored');
    expect(kindOf(orderText(5, noonMs, {}, { operation: 'load' }))).toBe('ignored');
    expect(kindOf(orderText(5, noonMs, { total: 'much' }))).toBe('undecodable');
    expect(kindOf(viewText('v', noonMs, { user: 'visitor-7' }), clickstream)).toBe('click');
    expect(kindOf(viewText('v', noonMs, { user: null }), clickstream)).toBe('ignored');
  });
});
