import { describe, expect, it } from 'vitest';
import { chosenSettings, settings } from '../../../shared/config/settings.ts';

describe('settings()', () => {
  it('has a default for everything', () => {
    expect(settings({})).toEqual({
      revenueWindowMs: 60_000,
      revenueLongerWindowsMs: [3_600_000, 86_400_000],
      orderWatermarkDelayMs: 10_000,
      orderAllowedLatenessMs: 60_000,
      mostViewedWindowMs: 600_000,
      mostViewedSlideMs: 60_000,
      mostViewedProducts: 10,
      topProductsWindowsMs: [60_000, 300_000, 3_600_000],
      topProductsShown: 10,
      topCategoriesShown: 20,
      trendingLinesMin: 5,
      trendingPValueMax: 0.05,
      salesPulseWindowMs: 60_000,
      salesPulseSlideMs: 30_000,
      salesPulseSalesMin: 5,
      salesPulseRevenueCentsMin: 10_000,
      salesPulseSellersMin: 2,
      salesPulseSoundPercentMin: 95,
      salesSpikePValueMax: 0.01,
      salesSpikeGrowthPercentMin: 25,
      interestWindowMs: 600_000,
      interestSlideMs: 300_000,
      interestWatermarkDelayMs: 120_000,
      interestProductsShown: 20,
      interestCandidatesShown: 100,
      flashSaleViewsAbove: 100,
      flashSalePurchasesBelow: 5,
      flashSaleAlertsMax: 10,
      statisticsAlertsToldWithinMs: 1_800_000,
      clickWatermarkDelayMs: 5_000,
      clickAllowedLatenessMs: 60_000,
      sessionGapMs: 1_800_000,
      cartAbandonedAfterMs: 3_600_000,
      sessionResultsKeptMs: 7_776_000_000,
      windowResultsKeptMs: 34_560_000_000,
      dayResultsKeptMs: 315_576_000_000,
      funnelWindowMs: 3_600_000,
      funnelLookbackMs: 7_200_000,
      maxFutureMs: 300_000,
      changeTickSettleMs: 2_000,
      preliminaryEveryMs: 100,
      statisticsPreliminaryEveryMs: 1_000,
      longWindowsPreliminaryEveryMs: 5_000,
      highOrderValueCents: 500_000,
      orderBurstMax: 5,
      unusualValueFactor: 5,
      unusualValueMinCents: 30_000,
      newAccountValueCents: 100_000,
      newCardValueCents: 200_000,
      sharedDeviceCustomersMin: 4,
      sharedCardCustomersMin: 3,
      declinedPaymentsMin: 3,
      fraudDecisionTimeoutMs: 150,
      fraudDefaultDecision: 'allow',
      parkAfterFailures: 5,
      parkAfterMs: 10_000,
      figuresFor: 'analysts',
      orderExpiresAfterMs: 1_800_000,
    });
  });

  it('takes a variable of the same name in upper case', () => {
    const { revenueWindowMs, highOrderValueCents } = settings({
      REVENUE_WINDOW_MS: '5000',
      HIGH_ORDER_VALUE_CENTS: ' 1 ',
      ELSE: 'x',
    });
    expect({ revenueWindowMs, highOrderValueCents }).toEqual({
      revenueWindowMs: 5_000,
      highOrderValueCents: 1,
    });
  });

  it('keeps the default of a variable that is set to nothing', () => {
    expect(settings({ ORDER_WATERMARK_DELAY_MS: '', MAX_FUTURE_MS: ' ' })).toEqual(settings({}));
  });

  it('reads a list of window lengths, and refuses one that is no rising list', () => {
    const lengths = (text: string) =>
      settings({ REVENUE_LONGER_WINDOWS_MS: text }).revenueLongerWindowsMs;
    expect(lengths(' 300000, 3600000')).toEqual([300_000, 3_600_000]);
    for (const text of ['999', '1000,', '5000,5000', '6000,5000', '1h', '1e400', '1000.5']) {
      expect(() => lengths(text)).toThrow(/REVENUE_LONGER_WINDOWS_MS: Must be milliseconds/);
    }
  });

  it('names everything that is out of its bounds', () => {
    const source = {
      REVENUE_WINDOW_MS: '999',
      HIGH_ORDER_VALUE_CENTS: 'much',
      CHANGE_TICK_SETTLE_MS: '0.5',
    };
    expect(() => settings(source)).toThrow(
      /^Cannot read settings: .*REVENUE_WINDOW_MS.*CHANGE_TICK_SETTLE_MS.*HIGH_ORDER_VALUE_CENTS/,
    );
  });
});

describe('chosenSettings()', () => {
  it('takes settings within their bounds', () => {
    expect(chosenSettings({ REVENUE_WINDOW_MS: '5000' })).toEqual({ REVENUE_WINDOW_MS: '5000' });
  });

  it('names what is no setting, and what there is', () => {
    expect(() => chosenSettings({ REVENUE_WINDOW: '5000', PATH: '/' })).toThrow(
      /^Cannot read settings: there is no REVENUE_WINDOW, PATH; there are REVENUE_WINDOW_MS, /,
    );
  });

  it('names what is out of its bounds', () => {
    expect(() => chosenSettings({ ORDER_BURST_MAX: '0' })).toThrow(/ORDER_BURST_MAX/);
  });
});
