import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkoutEvents,
  type OrderFacts,
} from '../../../../functions/shop-api/fraud/checkout-events.ts';
import { warmUp } from '../../../../functions/shop-api/fraud/warm-up.ts';
import type { FeatureVector } from '../../../../shared/features/feature.ts';
import { shopFraud } from '../../../../shared/fraud/features.ts';
import { fraudRule } from '../../../../shared/fraud/rule.ts';
import { testDecider } from '../../../fixtures/test-decider.ts';

const minuteMs = 60_000;
const orderedAtMs = Date.UTC(2026, 4, 4, 12);

function orderFacts(items: number, payments: number): OrderFacts {
  return {
    status: 'pending',
    review: null,
    cardHash: 'card-1',
    nowMs: orderedAtMs + 10 * minuteMs,
    order: {
      orderId: '9',
      customerId: '7',
      customerSinceMs: orderedAtMs - 100 * minuteMs,
      totalCents: 5_000,
      orderedAtMs,
      channel: 'web',
      country: 'BR',
      customerHash: 'customer-hash',
      emailHash: 'email-hash',
      deviceId: 'device-1',
      addressHash: 'address-hash',
      ipHash: 'ip-hash',
    },
    items: Array.from({ length: items }, (_, index) => ({
      itemId: String(100 + index),
      productId: String(index + 1),
      categoryId: String(index % 2),
      sellerId: '1',
      quantity: index + 1,
      unitPriceCents: 100,
    })),
    payments: Array.from({ length: payments }, (_, index) => ({
      paymentId: String(200 + index),
      method: 'credit_card',
      installments: 1,
      cardHash: `card-${index}`,
      amountCents: 5_000,
      status: 'declined',
      attemptedAtMs: orderedAtMs + (index + 1) * minuteMs,
    })),
  };
}

const names = shopFraud.features.map(({ name }) => name);

/** Sees every feature of a payment and finds nothing. */
function witness(saw: (features: FeatureVector) => void) {
  return fraudRule({
    name: 'witness',
    version: 1,
    severity: 'info',
    mode: 'live',
    on: ['payment'],
    title: 'Witness',
    entity: 'order',
    windowMs: 1_000,
    reads: names,
    parameters: {},
    when(features, { values }) {
      if (values['status'] === 'pending') saw(features);
      return false;
    },
    reason: () => '',
  });
}

test('decider() sees the same, however much of the order the job has taken already', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(5), fc.nat(3), fc.nat(8), async (items, payments, taken) => {
      const asked = {
        payment: { method: 'pix', installments: 1 } as const,
        transactionId: 'transaction-1',
      };
      const events = checkoutEvents(orderFacts(items, payments), asked);
      const seen: FeatureVector[] = [];
      for (const known of [0, taken]) {
        const decisions = testDecider();
        const rules = [witness((features) => seen.push(features))];
        decisions.judging = { features: shopFraud, rules, model: undefined };
        for (const event of events.earlier.slice(0, known)) decisions.take(event);
        const decided = await decisions.decide(async () => events);
        expect(decided).toEqual({ decision: 'allow', basis: 'rules', score: null });
        expect(decisions.complaints).toEqual([]);
      }
      expect(seen).toHaveLength(2);
      expect(seen[1]).toEqual(seen[0]);
    }),
    { numRuns: 100 },
  );
});

test('decider() decides what the job says when the payment comes by the stream', async () => {
  const facts = orderFacts(2, 1);
  const asked = { payment: { method: 'pix' } as const, transactionId: 'transaction-1' };
  const events = checkoutEvents(facts, asked);
  const seen: FeatureVector[] = [];
  const decisions = testDecider();
  const rules = [witness((features) => seen.push(features))];
  decisions.judging = { features: shopFraud, rules, model: undefined };
  await decisions.decide(async () => events);
  for (const event of events.earlier) decisions.take(event);
  decisions.take(events.payment);
  expect(seen).toHaveLength(2);
  expect(seen[1]).toEqual(seen[0]);
});

test('decider() falls back where the events cannot be read, too', async () => {
  const decisions = testDecider();
  decisions.fallback = 'review';
  const decided = await decisions.decide(() => Promise.reject(new Error('no row')));
  expect(decided).toEqual({ decision: 'review', basis: 'default', score: null });
  expect(await decisions.decide(async () => undefined)).toBeUndefined();
});

test('warmUp() reads the rows of nobody, and what fails there keeps nothing from starting', async () => {
  const { judging } = testDecider();
  const asked: string[] = [];
  const parts = { fallback: 'allow', now: () => 0, tell: () => {}, log: () => {} } as const;
  const states = {
    read: async (keys: readonly string[]) => {
      asked.push(...keys);
      return new Map();
    },
  };
  await warmUp({ ...parts, states, readJudging: () => judging });
  expect(asked).toEqual(expect.arrayContaining(['order|0', 'customer|0', 'card|0']));
  const broken = { read: () => Promise.reject(new Error('no table')) };
  await warmUp({ ...parts, states: broken, readJudging: () => judging });
});
