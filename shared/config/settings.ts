import { z } from 'zod';
import { closingEmissionsMax } from '../stream/job.ts';
import { withoutEmpty } from './without-empty.ts';

/** Lengths of windows, in milliseconds, parted by commas, each longer than the one before. */
const windowLengths = z.string().transform((text, context): readonly number[] => {
  const lengths = text.split(',').map((part) => Number(part.trim() || Number.NaN));
  const isSound = lengths.every(
    (length, index) =>
      Number.isSafeInteger(length) && length >= Math.max(1_000, 1 + (lengths[index - 1] ?? 0)),
  );
  if (isSound) return lengths;
  const message = 'Must be milliseconds from 1000 on, parted by commas, each above the one before';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/**
 * Every window, threshold and bound of the shop and its jobs, with its default. An environment variable of the
 * same name in UPPER_SNAKE_CASE overrides one.
 */
const settingsSchema = z
  .object({
    /** Length of the revenue windows. */
    REVENUE_WINDOW_MS: z.coerce.number().int().min(1_000).default(60_000),
    /** Lengths of further revenue windows, told beside those. */
    REVENUE_LONGER_WINDOWS_MS: windowLengths.default([3_600_000, 86_400_000]),
    /** How far an order's time may lie behind the clock row: the longest transaction, and some. */
    ORDER_WATERMARK_DELAY_MS: z.coerce.number().int().min(0).default(10_000),
    /** How long after its end a window takes late events, each making a revision. */
    ORDER_ALLOWED_LATENESS_MS: z.coerce.number().int().min(0).default(60_000),
    /** Length of the windows in which views of products are counted … */
    MOST_VIEWED_WINDOW_MS: z.coerce.number().int().min(1_000).default(600_000),
    /** … and how often such a window ends. */
    MOST_VIEWED_SLIDE_MS: z.coerce.number().int().min(1_000).default(60_000),
    /** So many products are told of each. */
    MOST_VIEWED_PRODUCTS: z.coerce.number().int().min(1).max(1_000).default(10),
    /** Lengths of the windows of top products, each held against the one right before it. */
    TOP_PRODUCTS_WINDOWS_MS: windowLengths.default([60_000, 300_000, 3_600_000]),
    /** So many products are told of each, by quantity, by revenue and of those that rise, … */
    TOP_PRODUCTS_SHOWN: z.coerce.number().int().min(1).max(500).default(10),
    /** … and so many categories. */
    TOP_CATEGORIES_SHOWN: z.coerce.number().int().min(1).max(500).default(20),
    /** A product is tested for a rising share from so many order items in both windows together on … */
    TRENDING_LINES_MIN: z.coerce.number().int().min(1).default(5),
    /** … and told where it has as many now and chance brings such a rise no more often than this. */
    TRENDING_P_VALUE_MAX: z.coerce.number().gt(0).max(1).default(0.05),
    /** Length of the windows of the sales pulse, each beside the one right before it … */
    SALES_PULSE_WINDOW_MS: z.coerce.number().int().min(1_000).default(60_000),
    /** … and how often one ends; it divides the length. */
    SALES_PULSE_SLIDE_MS: z.coerce.number().int().min(1_000).default(30_000),
    /** A window says something from so many sales on, … */
    SALES_PULSE_SALES_MIN: z.coerce.number().int().min(0).default(5),
    /** … from this revenue on, in cents, … */
    SALES_PULSE_REVENUE_CENTS_MIN: z.coerce.number().int().min(0).default(10_000),
    /** … from so many sellers on, … */
    SALES_PULSE_SELLERS_MIN: z.coerce.number().int().min(0).default(2),
    /** … and where so many percent of its sales have a sound time. */
    SALES_PULSE_SOUND_PERCENT_MIN: z.coerce.number().min(0).max(100).default(95),
    /** Sales leap where chance brings so many orders with less than this probability … */
    SALES_SPIKE_P_VALUE_MAX: z.coerce.number().gt(0).max(1).default(0.01),
    /** … and they have grown by at least so many percent. */
    SALES_SPIKE_GROWTH_PERCENT_MIN: z.coerce.number().min(0).default(25),
    /** Length of the windows of product interest … */
    INTEREST_WINDOW_MS: z.coerce.number().int().min(1_000).default(600_000),
    /** … and how often one ends. */
    INTEREST_SLIDE_MS: z.coerce.number().int().min(1_000).default(300_000),
    /** How far clicks and orders may come behind a tick there. */
    INTEREST_WATERMARK_DELAY_MS: z.coerce.number().int().min(0).default(120_000),
    /** So many of the most viewed products are told of each … */
    INTEREST_PRODUCTS_SHOWN: z.coerce.number().int().min(1).max(500).default(20),
    /** … and at most so many candidates for a flash sale. */
    INTEREST_CANDIDATES_SHOWN: z.coerce.number().int().min(1).max(500).default(100),
    /** A product is a candidate that was viewed more often than this … */
    FLASH_SALE_VIEWS_ABOVE: z.coerce.number().int().min(0).default(100),
    /** … and bought less often than this in one window. */
    FLASH_SALE_PURCHASES_BELOW: z.coerce.number().int().min(1).default(5),
    /** So many candidates of one window raise an alert, the most viewed ones. */
    FLASH_SALE_ALERTS_MAX: z.coerce.number().int().min(0).max(closingEmissionsMax).default(10),
    /** A leap of sales or a candidate is told within this time of its window's end, or only logged. */
    STATISTICS_ALERTS_TOLD_WITHIN_MS: z.coerce.number().int().min(60_000).default(1_800_000),
    /**
     * How far a click's time may lie behind a tick: a shop front collects clicks before it sends
     * them, and sends again what is not answered.
     */
    CLICK_WATERMARK_DELAY_MS: z.coerce.number().int().min(0).default(5_000),
    /** How long after its end a window takes late clicks, each making a revision. */
    CLICK_ALLOWED_LATENESS_MS: z.coerce.number().int().min(0).default(60_000),
    /** A visitor's session ends with a silence of this length. */
    SESSION_GAP_MS: z.coerce.number().int().min(1_000).default(1_800_000),
    /** A cart that was not touched for so long, and of which nothing was ordered, is abandoned. */
    CART_ABANDONED_AFTER_MS: z.coerce.number().int().min(1_000).default(3_600_000),
    /** So long sessions and abandoned carts stay in the table of results; the lake keeps them. */
    SESSION_RESULTS_KEPT_MS: z.coerce.number().int().min(86_400_000).default(7_776_000_000),
    /** So long windows shorter than a day do after they were told last (400 days), … */
    WINDOW_RESULTS_KEPT_MS: z.coerce.number().int().min(864_000_000).default(34_560_000_000),
    /** … and those of a day or more (ten years). */
    DAY_RESULTS_KEPT_MS: z.coerce.number().int().min(31_622_400_000).default(315_576_000_000),
    /** Length of the windows of the funnel; long ones hold the state of all their visitors … */
    FUNNEL_WINDOW_MS: z.coerce.number().int().min(1_000).default(3_600_000),
    /** … and what a session did so long before its window still counts, in whole windows, rounded up. */
    FUNNEL_LOOKBACK_MS: z.coerce.number().int().min(1_000).default(7_200_000),
    /** Events further ahead of their arrival than this are kept apart. */
    MAX_FUTURE_MS: z.coerce.number().int().min(0).default(300_000),
    /** Within this time the capture finishes its retries; a tick is believed after it. */
    CHANGE_TICK_SETTLE_MS: z.coerce.number().int().min(0).default(2_000),
    /** An open window of revenue or views shows a preliminary result at most this often, … */
    PRELIMINARY_EVERY_MS: z.coerce.number().int().min(50).default(100),
    /** … one of another statistic this often, … */
    STATISTICS_PRELIMINARY_EVERY_MS: z.coerce.number().int().min(50).default(1_000),
    /** … and one of an hour or longer this often. */
    LONG_WINDOWS_PRELIMINARY_EVERY_MS: z.coerce.number().int().min(50).default(5_000),
    /** An order of at least this value, in cents, raises an alert. */
    HIGH_ORDER_VALUE_CENTS: z.coerce.number().int().min(1).default(500_000),
    /** More orders of one customer within a minute raise an alert. */
    ORDER_BURST_MAX: z.coerce.number().int().min(1).default(5),
    /** An order of so many times what its customer spends otherwise raises an alert … */
    UNUSUAL_VALUE_FACTOR: z.coerce.number().min(1).default(5),
    /** … from this value in cents on. */
    UNUSUAL_VALUE_MIN_CENTS: z.coerce.number().int().min(1).default(30_000),
    /** A first order of an account younger than a day raises an alert from this value in cents on. */
    NEW_ACCOUNT_VALUE_CENTS: z.coerce.number().int().min(1).default(100_000),
    /** A payment with a card first seen within a day raises an alert from this order value in cents on. */
    NEW_CARD_VALUE_CENTS: z.coerce.number().int().min(1).default(200_000),
    /** So many customers who order from one device within 30 days raise an alert … */
    SHARED_DEVICE_CUSTOMERS_MIN: z.coerce.number().int().min(2).default(4),
    /** … and so many who pay with one card. */
    SHARED_CARD_CUSTOMERS_MIN: z.coerce.number().int().min(2).default(3),
    /** So many payments declined within an hour, of one customer, card or device, raise an alert. */
    DECLINED_PAYMENTS_MIN: z.coerce.number().int().min(1).default(3),
    /** Before a payment is made its order is judged; when that takes longer than this … */
    FRAUD_DECISION_TIMEOUT_MS: z.coerce.number().int().min(1).max(10_000).default(150),
    /** … or fails, the shop goes on with this decision. */
    FRAUD_DEFAULT_DECISION: z.enum(['allow', 'review', 'block']).default('allow'),
    /** An order that nobody has paid for so long expires, and its pieces can be sold again. */
    ORDER_EXPIRES_AFTER_MS: z.coerce.number().int().min(1_000).default(1_800_000),
    /** A job is parked after so many failures in a row on one shard … */
    PARK_AFTER_FAILURES: z.coerce.number().int().min(1).default(5),
    /** … that lie at least so far apart, the first from the last. */
    PARK_AFTER_MS: z.coerce.number().int().min(0).default(10_000),
    /** Who may see the shop's figures, on the live page and as JSON: those with a token of role analyst, or everyone. */
    FIGURES_FOR: z.enum(['analysts', 'everyone']).default('analysts'),
  })
  .refine((set) => set.SALES_PULSE_WINDOW_MS % set.SALES_PULSE_SLIDE_MS === 0, {
    path: ['SALES_PULSE_SLIDE_MS'],
    error: 'Must divide SALES_PULSE_WINDOW_MS',
  })
  .refine((set) => set.INTEREST_SLIDE_MS <= set.INTEREST_WINDOW_MS, {
    path: ['INTEREST_SLIDE_MS'],
    error: 'Must not be longer than INTEREST_WINDOW_MS',
  })
  .transform((variables) => ({
    revenueWindowMs: variables.REVENUE_WINDOW_MS,
    revenueLongerWindowsMs: variables.REVENUE_LONGER_WINDOWS_MS,
    orderWatermarkDelayMs: variables.ORDER_WATERMARK_DELAY_MS,
    orderAllowedLatenessMs: variables.ORDER_ALLOWED_LATENESS_MS,
    mostViewedWindowMs: variables.MOST_VIEWED_WINDOW_MS,
    mostViewedSlideMs: variables.MOST_VIEWED_SLIDE_MS,
    mostViewedProducts: variables.MOST_VIEWED_PRODUCTS,
    topProductsWindowsMs: variables.TOP_PRODUCTS_WINDOWS_MS,
    topProductsShown: variables.TOP_PRODUCTS_SHOWN,
    topCategoriesShown: variables.TOP_CATEGORIES_SHOWN,
    trendingLinesMin: variables.TRENDING_LINES_MIN,
    trendingPValueMax: variables.TRENDING_P_VALUE_MAX,
    salesPulseWindowMs: variables.SALES_PULSE_WINDOW_MS,
    salesPulseSlideMs: variables.SALES_PULSE_SLIDE_MS,
    salesPulseSalesMin: variables.SALES_PULSE_SALES_MIN,
    salesPulseRevenueCentsMin: variables.SALES_PULSE_REVENUE_CENTS_MIN,
    salesPulseSellersMin: variables.SALES_PULSE_SELLERS_MIN,
    salesPulseSoundPercentMin: variables.SALES_PULSE_SOUND_PERCENT_MIN,
    salesSpikePValueMax: variables.SALES_SPIKE_P_VALUE_MAX,
    salesSpikeGrowthPercentMin: variables.SALES_SPIKE_GROWTH_PERCENT_MIN,
    interestWindowMs: variables.INTEREST_WINDOW_MS,
    interestSlideMs: variables.INTEREST_SLIDE_MS,
    interestWatermarkDelayMs: variables.INTEREST_WATERMARK_DELAY_MS,
    interestProductsShown: variables.INTEREST_PRODUCTS_SHOWN,
    interestCandidatesShown: variables.INTEREST_CANDIDATES_SHOWN,
    flashSaleViewsAbove: variables.FLASH_SALE_VIEWS_ABOVE,
    flashSalePurchasesBelow: variables.FLASH_SALE_PURCHASES_BELOW,
    flashSaleAlertsMax: variables.FLASH_SALE_ALERTS_MAX,
    statisticsAlertsToldWithinMs: variables.STATISTICS_ALERTS_TOLD_WITHIN_MS,
    clickWatermarkDelayMs: variables.CLICK_WATERMARK_DELAY_MS,
    clickAllowedLatenessMs: variables.CLICK_ALLOWED_LATENESS_MS,
    sessionGapMs: variables.SESSION_GAP_MS,
    cartAbandonedAfterMs: variables.CART_ABANDONED_AFTER_MS,
    sessionResultsKeptMs: variables.SESSION_RESULTS_KEPT_MS,
    windowResultsKeptMs: variables.WINDOW_RESULTS_KEPT_MS,
    dayResultsKeptMs: variables.DAY_RESULTS_KEPT_MS,
    funnelWindowMs: variables.FUNNEL_WINDOW_MS,
    funnelLookbackMs: variables.FUNNEL_LOOKBACK_MS,
    maxFutureMs: variables.MAX_FUTURE_MS,
    changeTickSettleMs: variables.CHANGE_TICK_SETTLE_MS,
    preliminaryEveryMs: variables.PRELIMINARY_EVERY_MS,
    statisticsPreliminaryEveryMs: variables.STATISTICS_PRELIMINARY_EVERY_MS,
    longWindowsPreliminaryEveryMs: variables.LONG_WINDOWS_PRELIMINARY_EVERY_MS,
    highOrderValueCents: variables.HIGH_ORDER_VALUE_CENTS,
    orderBurstMax: variables.ORDER_BURST_MAX,
    unusualValueFactor: variables.UNUSUAL_VALUE_FACTOR,
    unusualValueMinCents: variables.UNUSUAL_VALUE_MIN_CENTS,
    newAccountValueCents: variables.NEW_ACCOUNT_VALUE_CENTS,
    newCardValueCents: variables.NEW_CARD_VALUE_CENTS,
    sharedDeviceCustomersMin: variables.SHARED_DEVICE_CUSTOMERS_MIN,
    sharedCardCustomersMin: variables.SHARED_CARD_CUSTOMERS_MIN,
    declinedPaymentsMin: variables.DECLINED_PAYMENTS_MIN,
    fraudDecisionTimeoutMs: variables.FRAUD_DECISION_TIMEOUT_MS,
    fraudDefaultDecision: variables.FRAUD_DEFAULT_DECISION,
    orderExpiresAfterMs: variables.ORDER_EXPIRES_AFTER_MS,
    parkAfterFailures: variables.PARK_AFTER_FAILURES,
    parkAfterMs: variables.PARK_AFTER_MS,
    figuresFor: variables.FIGURES_FOR,
  }));

export type Settings = z.output<typeof settingsSchema>;

/** @throws Error that names every setting that is out of its bounds. */
export function settings(
  source: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const parsed = settingsSchema.safeParse(withoutEmpty(source));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Cannot read settings: ${faults.join('; ')}`);
}

/**
 * What a deployment sets otherwise than the defaults, by variable.
 *
 * @throws Error that names every variable that is no setting, and every one that is out of its bounds.
 */
export function chosenSettings(
  chosen: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = Object.keys(settingsSchema.in.shape);
  const unknown = Object.keys(chosen).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `Cannot read settings: there is no ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
  }
  settings(chosen);
  return chosen;
}
