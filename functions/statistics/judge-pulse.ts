import type { Settings } from '../../shared/config/settings.ts';
import type { SalesPulseData } from '../../shared/events/sales-pulse.ts';
import { percentChange } from '../../shared/statistics/percent-change.ts';
import { poissonRise } from '../../shared/statistics/poisson-rise.ts';
import { pulseWords } from './pulse-words.ts';

/** What was counted in one window. */
export interface Pulse extends Readonly<SalesPulseData['before']> {
  readonly linesWithoutSeller: number;
  /** Sales whose time is not sound. */
  readonly unsound: number;
}

type Gate = SalesPulseData['gates'][number];

/**
 * Holds a window against the one before. Orders are tested, not sales: the lines of an order come
 * together, and a test that took them for independent would see spikes in plain chance. After a
 * window with nothing there is no spike: growth has no number then, and after a silence (a night, a
 * capture that stood still) anything would be one.
 */
export function judgePulse(
  now: Pulse,
  before: Pulse,
  windowMs: number,
  settings: Settings,
): SalesPulseData {
  const { linesWithoutSeller, unsound, ...sold } = now;
  const { linesWithoutSeller: _, unsound: __, ...soldBefore } = before;
  const gates = gatesOf(now, settings);
  const pValue = before.orders === 0 ? null : rounded(poissonRise(now.orders, before.orders));
  const isMore =
    before.sales > 0 &&
    (now.sales - before.sales) * 100 >= settings.salesSpikeGrowthPercentMin * before.sales;
  const isSpike =
    isMore &&
    pValue !== null &&
    pValue < settings.salesSpikePValueMax &&
    gates.every(({ passed }) => passed);
  const judged = {
    ...sold,
    linesWithoutSeller,
    before: soldBefore,
    growthPercent: percentChange(now.sales, before.sales),
    revenueGrowthPercent: percentChange(now.revenueCents, before.revenueCents),
    pValue,
    gates,
    isSpike,
  };
  return { ...judged, insight: pulseWords(judged, windowMs, isMore) };
}

function gatesOf(now: Pulse, settings: Settings): Gate[] {
  const soundPercent = now.sales === 0 ? 100 : ((now.sales - now.unsound) / now.sales) * 100;
  return [
    gate('sales', now.sales, settings.salesPulseSalesMin),
    gate('revenue', now.revenueCents, settings.salesPulseRevenueCentsMin),
    gate('sellers', now.sellers, settings.salesPulseSellersMin),
    gate('timestamps', soundPercent, settings.salesPulseSoundPercentMin),
  ];
}

function gate(name: Gate['name'], value: number, limit: number): Gate {
  // Downwards: a value that is shown as its limit has passed.
  return { name, value: Math.floor(value * 10) / 10, limit, passed: value >= limit };
}

/** Six digits: what is told does not depend on the last bits. */
function rounded(probability: number): number {
  return Number(probability.toPrecision(6));
}
