import { shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { RevenueData } from '../../shared/events/revenue.ts';
import { count, sum } from '../../shared/stream/accumulator.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import { tumbling } from '../../shared/stream/window.ts';

const none = {
  orders: 0,
  items: 0,
  grossCents: 0,
  refundedCents: 0,
  lines: 0,
  adjustedLines: 0,
};

/**
 * Revenue per window of the orders' own time. What is refunded, cancelled or expired counts in the
 * window in which that happened, so a window that is final stays final.
 */
export function revenueJob(settings: Settings) {
  const facts = shopFacts(['order', 'orderItem', 'adjustment'], settings.changeTickSettleMs);
  return windowedJob([facts], {
    name: 'revenue',
    generation: 1,
    eventTimeMs: (fact) => (fact.kind === 'adjustment' ? fact.occurredAtMs : fact.orderedAtMs),
    key: () => 'shop',
    window: tumbling(settings.revenueWindowMs),
    accumulators: {
      // Imported history books a cancellation under an order worth nothing, which was no sale.
      orders: count((fact) => fact.kind === 'order' && fact.totalCents > 0),
      items: sum((fact) => (fact.kind === 'orderItem' ? fact.quantity : 0)),
      grossCents: sum((fact) => (fact.kind === 'order' ? fact.totalCents : 0)),
      refundedCents: sum((fact) => (fact.kind === 'adjustment' ? fact.amountCents : 0)),
      // States are kept in this order: what is counted anew comes last and begins at zero.
      lines: count((fact) => fact.kind === 'orderItem'),
      adjustedLines: count((fact) => fact.kind === 'adjustment'),
    },
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    preliminaryEveryMs: settings.preliminaryEveryMs,
    type: 'revenue',
    result: (totals): RevenueData => {
      const { orders, items, grossCents, refundedCents, lines, adjustedLines } =
        totals.get('shop') ?? none;
      return {
        orders,
        items,
        grossCents,
        refundedCents,
        netCents: grossCents - refundedCents,
        averageOrderCents: orders === 0 ? null : Math.round(grossCents / orders),
        lines,
        adjustedLines,
      };
    },
  });
}
