import { describe, expect, test } from 'vitest';
import { settings } from '../../../../shared/config/settings.ts';
import { alertDataSchema } from '../../../../shared/events/alert.ts';
import type { FeatureEvent } from '../../../../shared/features/feature.ts';
import { shopFraud } from '../../../../shared/fraud/features.ts';
import { fraudRules } from '../../../../shared/fraud/rules/rules.ts';
import type { ScoringModel } from '../../../../shared/fraud/score-point.ts';
import {
  judgeAll,
  noonMs,
  orderEvent,
  paymentEvent,
  reviewEvent,
} from '../../../fixtures/fraud-events.ts';

const rules = fraudRules(settings({}));
const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;

function alertsOf(events: readonly FeatureEvent[], model?: ScoringModel) {
  const judged = judgeAll(events, { features: shopFraud, rules, model });
  return judged.flatMap(({ alerts }) =>
    alerts.map(({ id, data }) => ({ id, data: alertDataSchema.parse(data) })),
  );
}

const idsOf = (events: readonly FeatureEvent[], rule: string) =>
  alertsOf(events).flatMap(({ id, data }) => (data.rule === rule ? [id] : []));

const orders = (count: number, each: (index: number) => Parameters<typeof orderEvent>[0]) =>
  Array.from({ length: count }, (_, index) =>
    orderEvent({ orderId: String(index + 1), ...each(index) }),
  );

describe('fraudRules()', () => {
  test('have names of their own, and none alerts about an ordinary order that is paid', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    expect(alertsOf([orderEvent(), paymentEvent()])).toEqual([]);
  });

  test('order-burst: six orders of a customer within a minute, told once', () => {
    const apart = (ms: number) => (index: number) => ({
      orderedAtMs: noonMs + index * ms,
      totalCents: 2_000 + index,
    });
    expect(idsOf(orders(6, apart(10_000)), 'order-burst')).toEqual(['order-burst|7|order-6']);
    expect(idsOf(orders(9, apart(1_000)), 'order-burst')).toEqual(['order-burst|7|order-6']);
    expect(idsOf(orders(5, apart(1_000)), 'order-burst')).toEqual([]);
    expect(idsOf(orders(9, apart(12_001)), 'order-burst')).toEqual([]);
  });

  test('high-value-order: from the threshold on, critical from twice of it', () => {
    const about = (totalCents: number) =>
      alertsOf([orderEvent({ totalCents })]).map(({ id, data }) => [id, data.severity]);
    expect(about(499_999)).toEqual([]);
    expect(about(500_000)).toEqual([['high-value-order|1', 'warning']]);
    expect(about(999_999)).toEqual([['high-value-order|1', 'warning']]);
    expect(about(1_000_000)).toEqual([['high-value-order|1', 'critical']]);
    const [alert] = alertsOf([orderEvent({ totalCents: 500_000 })]);
    expect(alert?.data).toMatchObject({
      title: 'High-value order',
      reason: 'Order 1 is worth 5,000.00; the threshold is 5,000.00',
      orderId: '1',
      customerId: '7',
      totalCents: 500_000,
      atMs: noonMs,
      committedAtMs: noonMs + 1,
      entity: { kind: 'order', id: '1' },
      links: [{ title: 'Case of the order', path: '/fraud/orders/1' }],
      facts: [{ name: 'Total of the order', value: '5,000.00' }],
    });
  });

  test('unusual-value: against what this customer spends, not what others do', () => {
    const history = orders(6, (index) => ({
      orderedAtMs: noonMs - (6 - index) * dayMs,
      totalCents: 4_000 + (index % 2) * 500,
    }));
    const last = (totalCents: number) => orderEvent({ orderId: '9', totalCents });
    expect(idsOf([...history, last(40_000)], 'unusual-value')).toEqual(['unusual-value|9']);
    expect(idsOf([...history, last(20_000)], 'unusual-value')).toEqual([]);
    expect(idsOf([...history.slice(3), last(40_000)], 'unusual-value')).toEqual([]);
    const [alert] = alertsOf([...history, last(40_000)]);
    expect(alert?.data.reason).toBe(
      'Order 9 is worth 400.00; the other 6 orders of customer 7 in 30 days came to 42.50 on average',
    );
  });

  test('similar-orders: two things in common with orders of another customer within the hour', () => {
    const other = (over: Parameters<typeof orderEvent>[0]) =>
      orderEvent({
        orderId: '2',
        customerId: '8',
        orderedAtMs: noonMs + minuteMs,
        totalCents: 2_500,
        ...over,
      });
    const shared = { addressHash: 'address-7', deviceId: 'device-7' };
    expect(idsOf([orderEvent(), other(shared)], 'similar-orders')).toEqual([
      'similar-orders|8|order-2',
    ]);
    expect(
      idsOf(
        [orderEvent(), other({ ...shared, deviceId: 'device-8', totalCents: 2_000 })],
        'similar-orders',
      ),
    ).toHaveLength(1);
    expect(idsOf([orderEvent(), other({ deviceId: 'device-7' })], 'similar-orders')).toEqual([]);
    expect(
      idsOf(
        [orderEvent(), other({ ...shared, orderedAtMs: noonMs + 2 * 3_600_000 })],
        'similar-orders',
      ),
    ).toEqual([]);
    const again = orderEvent({ orderId: '2', orderedAtMs: noonMs + minuteMs });
    expect(idsOf([orderEvent(), again], 'similar-orders')).toEqual([]);
  });

  test('new-account-order: in the minute of the sign-up, or a large first one', () => {
    const of = (customerSinceMs: number | null, totalCents: number) =>
      idsOf([orderEvent({ customerSinceMs, totalCents })], 'new-account-order');
    expect(of(noonMs - 59_999, 2_000)).toEqual(['new-account-order|7|order-1']);
    expect(of(noonMs - minuteMs, 99_999)).toEqual([]);
    expect(of(noonMs - minuteMs, 100_000)).toHaveLength(1);
    expect(of(noonMs - dayMs, 100_000)).toEqual([]);
    expect(of(null, 100_000)).toEqual([]);
  });

  test('shared-device: customers of one device, told once a day', () => {
    const ofMany = (count: number) =>
      orders(count, (index) => ({
        customerId: String(index),
        deviceId: 'tablet',
        totalCents: 2_000 + index,
        orderedAtMs: noonMs + index * 3_600_000,
      }));
    expect(idsOf(ofMany(3), 'shared-device')).toEqual([]);
    expect(idsOf(ofMany(6), 'shared-device')).toEqual(['shared-device|tablet|order-4']);
    const nextDay = orderEvent({
      orderId: '9',
      deviceId: 'tablet',
      orderedAtMs: noonMs + 28 * 3_600_000,
    });
    expect(idsOf([...ofMany(6), nextDay], 'shared-device')).toHaveLength(2);
  });

  test('shared-card: accounts that pay with one card', () => {
    const payments = ['7', '8', '9'].map((customerId, index) =>
      paymentEvent({
        orderId: customerId,
        customerId,
        cardHash: 'card',
        attemptedAtMs: noonMs + index,
      }),
    );
    expect(idsOf(payments.slice(1), 'shared-card')).toEqual([]);
    expect(idsOf(payments, 'shared-card')).toEqual(['shared-card|card|payment-p9']);
  });

  test('new-card-high-value: a card of today that pays for much', () => {
    const first = paymentEvent({ orderTotalCents: 200_000 });
    expect(idsOf([first], 'new-card-high-value')).toEqual(['new-card-high-value|1']);
    expect(idsOf([paymentEvent({ orderTotalCents: 199_999 })], 'new-card-high-value')).toEqual([]);
    expect(
      idsOf([paymentEvent({ orderTotalCents: 200_000, cardHash: null })], 'new-card-high-value'),
    ).toEqual([]);
    const later = paymentEvent({
      orderId: '2',
      orderTotalCents: 200_000,
      attemptedAtMs: noonMs + 2 * dayMs,
    });
    expect(idsOf([paymentEvent(), later], 'new-card-high-value')).toEqual([]);
  });

  test('declined-payments: the third within an hour', () => {
    const attempts = Array.from({ length: 4 }, (_, index) =>
      paymentEvent({
        paymentId: `p${index}`,
        status: 'declined',
        attemptedAtMs: noonMs + index * minuteMs,
      }),
    );
    expect(idsOf(attempts.slice(0, 2), 'declined-payments')).toEqual([]);
    expect(idsOf(attempts, 'declined-payments')).toEqual(['declined-payments|7|payment-p2']);
    const spread = attempts.map((attempt, index) => ({
      ...attempt,
      atMs: noonMs + index * 1_800_001,
    }));
    expect(idsOf(spread, 'declined-payments')).toEqual([]);
  });

  test('unlike-country: elsewhere than the orders before', () => {
    const history = orders(3, (index) => ({ orderedAtMs: noonMs - (3 - index) * dayMs }));
    const abroad = orderEvent({ orderId: '9', country: 'BR' });
    const [alert] = alertsOf([...history, abroad]);
    expect(alert).toMatchObject({ id: 'unlike-country|9', data: { severity: 'info' } });
    expect(alert?.data.reason).toContain('goes to BR');
    expect(idsOf([abroad], 'unlike-country')).toEqual([]);
  });

  test('known-fraud: what was confirmed as fraud before', () => {
    const events = [orderEvent(), paymentEvent(), reviewEvent()];
    const later = noonMs + 2 * 3_600_000;
    const next = orderEvent({ orderId: '2', customerId: '8', orderedAtMs: later });
    const sameAddress = { ...next, entities: { ...next.entities, address: 'address-7' } };
    expect(idsOf([...events, next], 'known-fraud')).toEqual([]);
    expect(idsOf([...events, sameAddress], 'known-fraud')).toEqual(['known-fraud|2']);
    const cleared = [...events.slice(0, 2), reviewEvent({ verdict: 'legitimate' })];
    expect(idsOf([...cleared, sameAddress], 'known-fraud')).toEqual([]);
    const [alert] = alertsOf([
      ...events,
      paymentEvent({ orderId: '2', cardHash: 'card-7', attemptedAtMs: later }),
    ]);
    expect(alert?.data.reason).toContain('its card (1)');
  });

  test('fraud-score: by the thresholds of the model, as sure as it is', () => {
    const modelOf = (score: number): ScoringModel => ({
      ensemble: { score: () => score, contributions: () => new Map() },
      thresholds: { review: 0.4, block: 0.9 },
      version: '1',
    });
    expect(alertsOf([orderEvent()], modelOf(0.39))).toEqual([]);
    expect(alertsOf([orderEvent(), paymentEvent()], modelOf(0.42))).toMatchObject([
      {
        id: 'fraud-score|1',
        data: {
          severity: 'warning',
          confidence: 0.42,
          reason: 'The model gives order 1 a probability of fraud of 42.0 %',
        },
      },
    ]);
    expect(alertsOf([orderEvent()], modelOf(0.95))[0]?.data.severity).toBe('critical');
  });
});
