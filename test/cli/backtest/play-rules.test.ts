import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureRule } from '../../../cli/backtest/measure-rule.ts';
import { playRules } from '../../../cli/backtest/play-rules.ts';
import { settings } from '../../../shared/config/settings.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { fraudJob } from '../../../shared/fraud/fraud-job.ts';
import { fraudRule } from '../../../shared/fraud/rule.ts';
import { shopJudging } from '../../../shared/fraud/shop-judging.ts';
import { noonMs, orderEvent, paymentEvent } from '../../fixtures/fraud-events.ts';
import { fraudHistory } from '../../fixtures/fraud-history.ts';

const judging = shopJudging(settings({}));
const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const hourMs = 3_600_000;

const second = fraudRule({
  name: 'second-order',
  version: 3,
  severity: 'info',
  mode: 'shadow',
  on: ['order'],
  title: 'Second order',
  entity: 'customer',
  windowMs: hourMs,
  reads: ['customer_orders_1d'],
  parameters: { orders: 2 },
  when: ({ customer_orders_1d: orders }, _, { orders: bound }) => (orders ?? 0) >= bound,
  reason: ({ customer_orders_1d: orders }) => `${orders} orders within a day`,
});

async function* inParts(events: readonly FeatureEvent[], size = 50) {
  for (let first = 0; first < events.length; first += size) yield events.slice(first, first + size);
}

function play(events: readonly FeatureEvent[], span = always, rules = [second]) {
  return playRules(judging, rules, inParts(events), span, fraudJob.stateTtlMs);
}

/** Three orders of a customer, ten minutes apart, the last of them paid. */
const three = [0, 1, 2].map((n) =>
  orderEvent({ orderId: String(n), orderedAtMs: noonMs + n * 600_000 }),
);
const paid = paymentEvent({ orderId: '2', attemptedAtMs: noonMs + 3 * 600_000 });

describe('playRules()', () => {
  it('finds of the rules that are live what they have found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), async (seed) => {
        const { rules } = judging;
        const played = await play(fraudHistory(seed, 60).events, always, [...rules]);
        for (const rule of rules.filter(({ mode }) => mode === 'live')) {
          const { difference } = measureRule(rule, played, rules, new Map());
          expect(difference).toMatchObject({ to: [rule.name], onlyNew: 0, onlyLive: 0 });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('tries a rule as if it were live, and alerts once per cause and window', async () => {
    const { orders, alertsMs } = await play([...three, paid]);
    expect(
      orders.map(({ orderId, tested }) => [orderId, tested.get('second-order')?.reason]),
    ).toEqual([
      ['0', undefined],
      ['1', '2 orders within a day'],
      ['2', '3 orders within a day'],
    ]);
    expect(alertsMs.get('second-order')).toEqual([noonMs + 600_000]);
  });

  it('takes in what came before the tested time without counting it', async () => {
    const { orders, events } = await play(three, {
      fromMs: noonMs + 600_000,
      toMs: noonMs + hourMs,
    });
    expect(events).toBe(3);
    expect(orders.map(({ orderId }) => orderId)).toEqual(['1', '2']);
    expect(orders.every(({ tested }) => tested.has('second-order'))).toBe(true);
  });

  it('says which rule fails, and at which event', async () => {
    const failing = {
      ...second,
      when: () => {
        throw new TypeError('no such thing');
      },
    };
    await expect(play(three, always, [failing])).rejects.toThrow(
      /^Cannot test rules: Cannot evaluate rule .*second-order: no such thing: received order 0$/,
    );
  });
});

describe('measureRule()', () => {
  it('counts by day and severity, with examples', async () => {
    const report = measureRule(second, await play([...three, paid]), judging.rules, new Map());
    expect(report).toMatchObject({
      rule: 'second-order',
      version: 3,
      orders: 3,
      hits: 2,
      alerts: 1,
      days: [{ day: '2026-03-02', hits: 2, alerts: 1 }],
      severities: { info: 2 },
      known: null,
      difference: { onlyNew: 2, onlyLive: 0, both: 0, onlyNewOrders: ['1', '2'] },
    });
    expect(report.examples[0]).toMatchObject({ orderId: '1', reason: '2 orders within a day' });
  });

  it('goes by what is known alone', async () => {
    const known = new Map([
      ['0', true],
      ['1', true],
    ]);
    const report = measureRule(second, await play(three), judging.rules, known);
    expect(report.known).toEqual({
      labelled: 2,
      fraud: 2,
      hitsLabelled: 1,
      hitsFraud: 1,
      precision: 1,
      recall: 0.5,
    });
    const legitimate = measureRule(
      second,
      await play(three),
      judging.rules,
      new Map([['0', false]]),
    );
    expect(legitimate.known).toMatchObject({ precision: null, recall: null });
  });
});
