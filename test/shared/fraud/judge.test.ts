import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { settings } from '../../../shared/config/settings.ts';
import { fraudCaseSchema } from '../../../shared/events/fraud-case.ts';
import { shopFraud } from '../../../shared/fraud/features.ts';
import { type FraudState, takenOf } from '../../../shared/fraud/fraud-state.ts';
import { type Judging, judgeKeys } from '../../../shared/fraud/judge.ts';
import { fraudRule } from '../../../shared/fraud/rule.ts';
import { fraudRules } from '../../../shared/fraud/rules/rules.ts';
import type { ScoringModel } from '../../../shared/fraud/score-point.ts';
import {
  judgeAll,
  noonMs,
  orderEvent,
  paymentEvent,
  reviewEvent,
} from '../../fixtures/fraud-events.ts';

function modelOf(scoreOf: (total: number | null) => number): ScoringModel {
  return {
    ensemble: {
      score: ({ order_total_cents: total }) => scoreOf(total ?? null),
      contributions: () =>
        new Map([
          ['order_total_cents', -0.5],
          ['weekday', 0],
          ['hour_of_day', 2],
        ]),
    },
    thresholds: { review: 0.4, block: 0.9 },
    version: '2026-03',
  };
}

const held = fraudRule({
  name: 'held',
  version: 3,
  severity: 'info',
  mode: 'live',
  decision: 'review',
  on: ['order'],
  title: 'Held',
  entity: 'device',
  windowMs: 60_000,
  reads: ['order_total_cents'],
  parameters: { fromCents: 5_000 },
  when: ({ order_total_cents: cents }, _, { fromCents }) => (cents ?? 0) >= fromCents,
  reason: ({ order_total_cents: cents }) => `worth ${cents}`,
});

const judging = (over: Partial<Judging> = {}): Judging => ({
  features: shopFraud,
  rules: [held],
  model: undefined,
  ...over,
});

describe('judge()', () => {
  it('scores by the model, and says why', () => {
    const model = modelOf(() => 0.5);
    const [judged] = judgeAll([orderEvent()], judging({ model }));
    expect(fraudCaseSchema.parse(judged?.case?.data)).toMatchObject({
      score: 0.5,
      modelVersion: '2026-03',
      decision: 'review',
      decidedBy: 'model',
      reasons: [
        { feature: 'hour_of_day', meaning: 'Hour of the day in UTC', value: 12, contribution: 2 },
        { feature: 'order_total_cents', value: 2_000, contribution: -0.5 },
      ],
      committedAtMs: noonMs + 1,
    });
    const { features } = judged?.case?.data ?? {};
    expect(features).toMatchObject({ order_total_cents: 2_000, customer_orders_1d: 1 });
    // Of a card an order knows nothing yet; of declined payments it knows that there were none.
    expect(features?.['card_payments_1d']).toBeNull();
    expect(features).not.toHaveProperty('customer_declined_1d');
  });

  test.each([
    [0.1, 2_000, 'allow', 'model'],
    [0.1, 5_000, 'review', 'rules'],
    [0.4, 5_000, 'review', 'model'],
    [0.9, 5_000, 'block', 'model'],
    [undefined, 2_000, 'allow', 'rules'],
    [undefined, 5_000, 'review', 'rules'],
  ])(
    'of a score of %s and a total of %i decides %s, by %s',
    (score, totalCents, decision, decidedBy) => {
      const model = score === undefined ? undefined : modelOf(() => score);
      const [judged] = judgeAll([orderEvent({ totalCents })], judging({ model }));
      expect(judged?.case?.data).toMatchObject({ decision, decidedBy });
    },
  );

  it('keeps what an order showed when it is paid, and the score of the payment', () => {
    const model = modelOf((total) => (total === 5_000 ? 0.3 : 0.2));
    const events = [orderEvent({ totalCents: 5_000 }), paymentEvent({ orderTotalCents: 6_000 })];
    const [, paid] = judgeAll(events, judging({ model }));
    expect(paid?.case).toMatchObject({
      revision: 2,
      data: {
        at: 'payment',
        score: 0.2,
        decision: 'review',
        decidedBy: 'rules',
        ruleHits: [{ rule: 'held' }],
      },
    });
  });

  it('of a payment heard of before its order keeps the score, and adds what rules find', () => {
    const model = modelOf((total) => (total === 5_000 ? 0.3 : 0.2));
    const events = [paymentEvent({ orderTotalCents: 6_000 }), orderEvent({ totalCents: 5_000 })];
    const [, later] = judgeAll(events, judging({ model }));
    expect(later?.case?.data).toMatchObject({
      at: 'payment',
      atMs: noonMs + 60_000,
      score: 0.2,
      decision: 'review',
      ruleHits: [{ rule: 'held' }],
    });
  });

  it('alerts once per cause and window, and again after it', () => {
    const at = (orderId: string, seconds: number, deviceId: string | null) =>
      orderEvent({ orderId, totalCents: 5_000, orderedAtMs: noonMs + seconds * 1_000, deviceId });
    const events = [
      at('1', 0, 'a'),
      at('2', 59, 'a'),
      at('3', 1, 'b'),
      at('4', 60, 'a'),
      at('5', 61, null),
    ];
    const judged = judgeAll(events, judging());
    expect(judged.map(({ alerts }) => alerts.map(({ id }) => id))).toEqual([
      ['held|a|order-1'],
      [],
      ['held|b|order-3'],
      ['held|a|order-4'],
      [],
    ]);
    expect(judged.every(({ case: told }) => told?.data.ruleHits.length === 1)).toBe(true);
  });

  test('alerts of one cause are never closer than its window, in any order of events', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 40 }), (times) => {
        const events = times.map((ms, index) =>
          orderEvent({ orderId: `${index}`, totalCents: 5_000, orderedAtMs: noonMs + ms }),
        );
        const alerts = judgeAll(events, judging()).flatMap((judged) => judged.alerts);
        expect(alerts.length > 0).toBe(times.length > 0);
        expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
        const told = alerts.map(({ data }) => data.atMs);
        for (const [index, atMs] of told.slice(1).entries()) {
          expect(atMs - (told[index] ?? atMs)).toBeGreaterThanOrEqual(60_000);
        }
      }),
    );
  });

  it('alerts about an order once, however late it is paid: another alert would have the same id', () => {
    const tried = fraudRule({
      ...held,
      on: ['order', 'payment'],
      entity: 'order',
      when: () => true,
    });
    const later = (minutes: number) =>
      paymentEvent({ paymentId: `p${minutes}`, attemptedAtMs: noonMs + minutes * 60_000 });
    const judged = judgeAll([orderEvent(), later(2), later(90)], judging({ rules: [tried] }));
    const ids = judged.flatMap(({ alerts }) => alerts.map(({ id }) => id));
    expect(ids).toEqual(['held|1']);
  });

  it('notes what a rule in the shadow found, and neither alerts nor decides by it', () => {
    const shadow = { ...held, mode: 'shadow' } as const;
    const [judged] = judgeAll([orderEvent({ totalCents: 5_000 })], judging({ rules: [shadow] }));
    expect(judged?.alerts).toEqual([]);
    expect(judged?.case?.data).toMatchObject({
      decision: 'allow',
      ruleHits: [{ rule: 'held', version: 3, mode: 'shadow', reason: 'worth 5000' }],
    });
  });

  it('takes the last verdict into the case, of orders it never saw as well', () => {
    const events = [
      orderEvent(),
      reviewEvent({ reviewedAtMs: noonMs + 2_000 }),
      reviewEvent({ verdict: 'legitimate', reviewedAtMs: noonMs + 1_000 }),
      reviewEvent({ orderId: '9', source: 'chargeback' }),
    ];
    const [, reviewed, earlier, unknown] = judgeAll(events, judging());
    expect(reviewed?.case).toMatchObject({
      revision: 2,
      data: { at: 'review', features: null, review: { verdict: 'fraud', atMs: noonMs + 2_000 } },
    });
    expect(earlier?.case).toBeUndefined();
    expect(fraudCaseSchema.parse(unknown?.case?.data)).toMatchObject({
      orderId: '9',
      decidedBy: 'default',
      score: null,
      review: { source: 'chargeback' },
    });
  });

  it('tells of an order that it has forgotten above what was told of it before', () => {
    const dayMs = 24 * 3_600_000;
    const states = new Map<string, FraudState>();
    const events = [orderEvent(), paymentEvent(), reviewEvent({ verdict: 'legitimate' })];
    const before = judgeAll(events, judging(), states).map(({ case: told }) => told?.revision);
    expect(before).toEqual([1, 2, 3]);
    states.clear();
    const complaint = (days: number) =>
      reviewEvent({
        reviewId: `r${days}`,
        source: 'chargeback',
        reviewedAtMs: noonMs + days * dayMs,
      });
    const after = judgeAll([complaint(120), complaint(121)], judging(), states);
    const [first = 0, second] = after.map(({ case: told }) => told?.revision);
    expect(first).toBeGreaterThan(3);
    expect(second).toBe(first + 1);
  });

  it('tells of each order how many of its events it has taken', () => {
    const states = new Map<string, FraudState>();
    const declined = paymentEvent({ paymentId: 'p0', status: 'declined' });
    judgeAll([orderEvent(), declined, paymentEvent()], judging(), states);
    expect(takenOf(states, '1')).toEqual({ order: 1, payment: 2 });
    expect(takenOf(states, '2')).toEqual({});
  });

  it('looks at no more states than the engine reads for one event, and changes no others', () => {
    const all = judging({ rules: fraudRules(settings({})) });
    for (const event of [orderEvent(), paymentEvent(), reviewEvent()]) {
      const keys = judgeKeys(event, all);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.length).toBeLessThanOrEqual(16);
      expect(keys).toContain('order|1');
      const [judged] = judgeAll([event], all);
      expect(keys).toEqual(expect.arrayContaining([...(judged?.states.keys() ?? [])]));
    }
  });
});
