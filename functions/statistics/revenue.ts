import { type ShopFacts, shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { RevenueData } from '../../shared/events/revenue.ts';
import { revenueWindows } from '../../shared/statistics/statistic-window.ts';
import { count, sum } from '../../shared/stream/accumulator.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import { tumbling } from '../../shared/stream/window.ts';
import { preliminaryEveryMs } from './preliminary-every.ts';
import { windowResultsKeptMs } from './results-kept.ts';
import { addUp, byCategory, byMethod } from './revenue-parts.ts';

type Fact = ShopFacts['order' | 'orderItem' | 'payment' | 'adjustment'];

/**
 * Revenue per window of the orders' own time, in all, by category and by payment method. What is
 * refunded, cancelled or expired counts in the window in which that happened, so a window that is
 * final stays final; a payment counts in the window in which it was tried.
 *
 * @param window one of {@link revenueWindows}; the shortest unless said otherwise.
 */
export function revenueJob(settings: Settings, window = revenueWindows(settings)[0]) {
  const facts = shopFacts(
    ['order', 'orderItem', 'payment', 'adjustment'],
    settings.changeTickSettleMs,
  );
  return windowedJob([facts], {
    ...window.job,
    eventTimeMs: timeOf,
    key: keyOf,
    window: tumbling(window.sizeMs),
    accumulators: {
      // Imported history books a cancellation under an order worth nothing, which was no sale.
      orders: count((fact) => fact.kind === 'order' && fact.totalCents > 0),
      grossCents: sum((fact) => (fact.kind === 'order' ? fact.totalCents : 0)),
      lines: count((fact) => fact.kind === 'orderItem'),
      items: sum((fact) => (fact.kind === 'orderItem' ? fact.quantity : 0)),
      linesCents: sum((fact) =>
        fact.kind === 'orderItem' ? fact.quantity * fact.unitPriceCents : 0,
      ),
      adjustedLines: count((fact) => fact.kind === 'adjustment'),
      returnedItems: sum((fact) => (fact.kind === 'adjustment' ? (fact.quantity ?? 0) : 0)),
      refundedCents: sum((fact) => (fact.kind === 'adjustment' ? fact.amountCents : 0)),
      payments: count((fact) => fact.kind === 'payment' && fact.status === 'approved'),
      paidCents: sum((fact) =>
        fact.kind === 'payment' && fact.status === 'approved' ? fact.amountCents : 0,
      ),
      declinedPayments: count((fact) => fact.kind === 'payment' && fact.status === 'declined'),
    },
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    preliminaryEveryMs: preliminaryEveryMs(settings, window.sizeMs, settings.preliminaryEveryMs),
    resultsKeptMs: windowResultsKeptMs(settings, window.sizeMs),
    type: 'revenue',
    result: (totals): RevenueData => {
      const { orders, items, grossCents, refundedCents, lines, adjustedLines } = addUp(
        totals.values(),
      );
      return {
        orders,
        items,
        grossCents,
        refundedCents,
        netCents: grossCents - refundedCents,
        averageOrderCents: orders === 0 ? null : Math.round(grossCents / orders),
        lines,
        adjustedLines,
        categories: byCategory(totals),
        methods: byMethod(totals),
      };
    },
  });
}

function timeOf(fact: Fact): number {
  switch (fact.kind) {
    case 'payment':
      return fact.attemptedAtMs;
    case 'adjustment':
      return fact.occurredAtMs;
    default:
      return fact.orderedAtMs;
  }
}

/** Category and payment method, as far as the fact has them: each fact counts under one key. */
function keyOf(fact: Fact): string {
  switch (fact.kind) {
    case 'order':
      return '|';
    case 'orderItem':
      return `${categoryOf(fact)}|`;
    case 'payment':
      return `|${fact.method}`;
    case 'adjustment':
      return `${categoryOf(fact)}|${fact.method ?? ''}`;
  }
}

function categoryOf({ categoryId }: ShopFacts['orderItem' | 'adjustment']): string {
  if (categoryId === null) return '';
  if (Number.isSafeInteger(Number(categoryId))) return categoryId;
  throw new RangeError(`Cannot count by category: its id must be whole: received "${categoryId}"`);
}
