import { type ShopFacts, shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import type { SalesPulseData } from '../../shared/events/sales-pulse.ts';
import { count, sum } from '../../shared/stream/accumulator.ts';
import { windowedJob } from '../../shared/stream/job.ts';
import { sliding, withLookback } from '../../shared/stream/window.ts';
import { judgePulse, type Pulse } from './judge-pulse.ts';
import { windowResultsKeptMs } from './results-kept.ts';
import { spikeAlert } from './spike-alert.ts';

type PulseEvent = ShopFacts['order'] | ShopFacts['orderItem'];
type PulseValues = Pick<Pulse, Exclude<keyof Pulse, 'sellers'>>;

const ofOrders = 'orders';
const ofNoSeller = 'no-seller';
const ofSeller = 'seller|';

/** Sales of the last minute beside those of the minute before, anew every half minute; tells when they leap. */
export function salesPulseJob(settings: Settings) {
  const facts = shopFacts(['order', 'orderItem'], settings.changeTickSettleMs);
  const { salesPulseWindowMs: sizeMs, salesPulseSlideMs: slideMs } = settings;
  return windowedJob([facts], {
    name: 'sales-pulse',
    generation: 1,
    eventTimeMs: (fact: PulseEvent) => fact.orderedAtMs,
    key: keyOf,
    window: withLookback(sliding(sizeMs, slideMs), sizeMs),
    accumulators: {
      sales: count(isSale),
      quantity: sum((fact) => (isSale(fact) ? fact.quantity : 0)),
      revenueCents: sum((fact) => (isSale(fact) ? fact.quantity * fact.unitPriceCents : 0)),
      // Imported history books a cancellation under an order worth nothing, which was no sale.
      orders: count((fact) => fact.kind === 'order' && fact.totalCents > 0),
      linesWithoutSeller: count((fact) => fact.kind === 'orderItem' && !isSale(fact)),
      unsound: count((fact) => isSale(fact) && !isSound(fact, settings.orderWatermarkDelayMs)),
    },
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    preliminaryEveryMs: settings.statisticsPreliminaryEveryMs,
    resultsKeptMs: windowResultsKeptMs(settings, settings.salesPulseWindowMs),
    type: 'sales-pulse',
    result: (totals, { startMs, endMs }, before): SalesPulseData =>
      judgePulse(pulseOf(totals), pulseOf(before), endMs - startMs, settings),
    onClose: (data, window) => (data.isSpike ? [spikeAlert(data, window)] : []),
  });
}

function keyOf(fact: PulseEvent): string {
  if (fact.kind === 'order') return ofOrders;
  return fact.sellerId === null ? ofNoSeller : `${ofSeller}${fact.sellerId}`;
}

function isSale(fact: PulseEvent): fact is ShopFacts['orderItem'] {
  return fact.kind === 'orderItem' && fact.sellerId !== null;
}

/** Where the capture tells no commits there is nothing to hold a time against. */
function isSound(
  { orderedAtMs, committedAtMs }: ShopFacts['orderItem'],
  behindMaxMs: number,
): boolean {
  if (committedAtMs === undefined) return true;
  return orderedAtMs <= committedAtMs && committedAtMs - orderedAtMs <= behindMaxMs;
}

function pulseOf(totals: ReadonlyMap<string, PulseValues>): Pulse {
  const pulse = {
    ...{ sales: 0, quantity: 0, revenueCents: 0, orders: 0, sellers: 0 },
    ...{ linesWithoutSeller: 0, unsound: 0 },
  };
  for (const [key, values] of totals) {
    if (key.startsWith(ofSeller)) pulse.sellers += 1;
    pulse.sales += values.sales;
    pulse.quantity += values.quantity;
    pulse.revenueCents += values.revenueCents;
    pulse.orders += values.orders;
    pulse.linesWithoutSeller += values.linesWithoutSeller;
    pulse.unsound += values.unsound;
  }
  return pulse;
}
