import type { LiveRevenueWindow } from '../shared/events/live-statistics.ts';
import { percentChange } from '../shared/statistics/percent-change.ts';

/** One headline figure over all windows shown, and how the last closed window compares. */
export interface Figure {
  readonly total: number | null;
  readonly last: number | null;
  readonly changePercent: number | null;
}

export interface Summary {
  /** From the start of the oldest window to the end of the newest. */
  readonly spanMs: number;
  readonly net: Figure;
  readonly orders: Figure;
  readonly averageOrder: Figure;
  readonly refunded: Figure;
  readonly refundedPercentOfGross: number | null;
}

/**
 * Headline figures of a list of windows, newest first. The change compares the last closed window
 * with the one right before it: an open window compared with a full one would always look like a loss.
 */
export function summarise(windows: readonly LiveRevenueWindow[]): Summary {
  const sum = (read: (window: LiveRevenueWindow) => number) =>
    windows.length === 0 ? null : windows.reduce((total, window) => total + read(window), 0);
  const closed = windows.find((window) => window.closed);
  const before = windows.find((window) => window.endMs === closed?.startMs);

  function figure(read: (window: LiveRevenueWindow) => number | null, total: number | null) {
    const last = closed ? read(closed) : null;
    return { total, last, changePercent: percentChange(last, before && read(before)) };
  }

  const orders = sum((window) => window.orders);
  const grossCents = sum((window) => window.grossCents);
  const refundedCents = sum((window) => window.refundedCents);
  const newest = windows.at(0);
  const oldest = windows.at(-1);
  return {
    spanMs: newest && oldest ? newest.endMs - oldest.startMs : 0,
    net: figure(
      (window) => window.netCents,
      sum((window) => window.netCents),
    ),
    orders: figure((window) => window.orders, orders),
    averageOrder: figure(
      (window) => window.averageOrderCents,
      orders && grossCents !== null ? Math.round(grossCents / orders) : null,
    ),
    refunded: figure((window) => window.refundedCents, refundedCents),
    refundedPercentOfGross: grossCents ? ((refundedCents ?? 0) / grossCents) * 100 : null,
  };
}
