import { expect, test } from 'vitest';
import type { LiveRevenueWindow } from '../../shared/events/live-statistics.ts';
import { summarise } from '../../web/summary.ts';

function window(minute: number, orders: number, overrides: Partial<LiveRevenueWindow> = {}) {
  return {
    startMs: minute * 60_000,
    endMs: (minute + 1) * 60_000,
    orders,
    items: orders * 2,
    grossCents: orders * 1000,
    refundedCents: 100,
    netCents: orders * 1000 - 100,
    averageOrderCents: 1000,
    revision: 1,
    closed: true,
    final: true,
    ...overrides,
  };
}

test('summarise() adds up all windows and compares the last two closed ones', () => {
  const summary = summarise([
    window(12, 1, { closed: false, final: false }),
    window(11, 6),
    window(10, 4),
  ]);
  expect(summary.spanMs).toBe(180_000);
  expect(summary.orders).toEqual({ total: 11, last: 6, changePercent: 50 });
  expect(summary.net.total).toBe(10_700);
  expect(summary.averageOrder.total).toBe(1000);
  expect(summary.refunded.total).toBe(300);
  expect(summary.refundedPercentOfGross).toBeCloseTo(2.727, 3);
});

test('summarise() compares only with the window right before', () => {
  expect(summarise([window(12, 6), window(10, 4)]).orders.changePercent).toBeNull();
});

test('summarise() of no window has no figures', () => {
  const summary = summarise([]);
  expect(summary.spanMs).toBe(0);
  for (const figure of [summary.net, summary.orders, summary.averageOrder, summary.refunded]) {
    expect(figure).toEqual({ total: null, last: null, changePercent: null });
  }
});

test('summarise() of windows without orders has no average', () => {
  const empty = { grossCents: 0, averageOrderCents: null };
  const summary = summarise([window(11, 0, empty), window(10, 0, empty)]);
  expect(summary.averageOrder.total).toBeNull();
  expect(summary.orders.total).toBe(0);
  expect(summary.refundedPercentOfGross).toBeNull();
});
